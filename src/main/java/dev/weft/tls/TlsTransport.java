package dev.weft.tls;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The transport that the application uses on a TLS connection. Loop thread only. */
final class TlsTransport implements Transport {

  private final TlsProtocol layer;
  private final Application application;
  private final WriteControl writeControl;

  TlsTransport(TlsProtocol layer, Application application, WriteControl writeControl) {
    this.layer = layer;
    this.application = application;
    this.writeControl = writeControl;
  }

  @Override
  public void write(ByteBuffer data) {
    if (data.hasRemaining()) {
      layer.write(data);
    }
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    for (ByteBuffer buffer : data) {
      Objects.requireNonNull(buffer, "data has a null");
    }
    layer.write(data.toArray(ByteBuffer[]::new));
  }

  @Override
  public boolean canWriteEof() {
    return false;
  }

  @Override
  public void writeEof() {
    throw new UnsupportedOperationException("TLS cannot close only the writing side: " + this);
  }

  @Override
  public void close() {
    layer.close();
  }

  @Override
  public void abort() {
    layer.abort(null);
  }

  @Override
  public boolean isClosing() {
    return layer.isClosing();
  }

  @Override
  public boolean isReading() {
    return layer.isReading();
  }

  @Override
  public void pauseReading() {
    layer.pauseReading();
  }

  @Override
  public void resumeReading() {
    layer.resumeReading();
  }

  @Override
  public int getWriteBufferSize() {
    return layer.getWriteBufferSize();
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return writeControl.limits();
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    writeControl.setLimits(limits);
  }

  @Override
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return layer.getExtraInfo(key);
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    application.set(protocol);
  }

  @Override
  public BaseProtocol getProtocol() {
    return application.protocol();
  }

  @Override
  public String toString() {
    return "Transport[" + layer + "]";
  }
}
