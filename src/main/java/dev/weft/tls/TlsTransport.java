package dev.weft.tls;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.nio.ByteBuffer;
import java.util.List;

/** The application's side of a TLS connection. Loop thread only. */
final class TlsTransport implements Transport {

  private final TlsProtocol layer;

  TlsTransport(TlsProtocol layer) {
    this.layer = layer;
  }

  @Override
  public void write(ByteBuffer data) {
    if (data.hasRemaining()) {
      layer.write(data);
    }
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    layer.write(data.toArray(ByteBuffer[]::new));
  }

  @Override
  public boolean canWriteEof() {
    return false;
  }

  @Override
  public void writeEof() {
    throw new UnsupportedOperationException("TLS has no way to close one half: " + this);
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
    return layer.writeControl().limits();
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    layer.writeControl().setLimits(limits);
  }

  @Override
  public <T> T getExtraInfo(ExtraInfo<T> key) {
    return layer.getExtraInfo(key);
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    layer.application().set(protocol);
  }

  @Override
  public BaseProtocol getProtocol() {
    return layer.application().protocol();
  }

  @Override
  public String toString() {
    return "Transport[" + layer + "]";
  }
}
