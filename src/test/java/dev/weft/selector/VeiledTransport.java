package dev.weft.selector;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.nio.ByteBuffer;
import java.util.List;

/** A transport that cannot be recognised as that of a plain socket. */
record VeiledTransport(Transport transport) implements Transport {

  @Override
  public void close() {
    transport.close();
  }

  @Override
  public boolean isClosing() {
    return transport.isClosing();
  }

  @Override
  public <T> T getExtraInfo(ExtraInfo<T> key) {
    return transport.getExtraInfo(key);
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    transport.setProtocol(protocol);
  }

  @Override
  public BaseProtocol getProtocol() {
    return transport.getProtocol();
  }

  @Override
  public boolean isReading() {
    return transport.isReading();
  }

  @Override
  public void pauseReading() {
    transport.pauseReading();
  }

  @Override
  public void resumeReading() {
    transport.resumeReading();
  }

  @Override
  public void write(ByteBuffer data) {
    transport.write(data);
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    transport.writelines(data);
  }

  @Override
  public boolean canWriteEof() {
    return transport.canWriteEof();
  }

  @Override
  public void writeEof() {
    transport.writeEof();
  }

  @Override
  public void abort() {
    transport.abort();
  }

  @Override
  public int getWriteBufferSize() {
    return transport.getWriteBufferSize();
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return transport.getWriteBufferLimits();
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    transport.setWriteBufferLimits(limits);
  }
}
