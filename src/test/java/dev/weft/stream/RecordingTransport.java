package dev.weft.stream;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.nio.ByteBuffer;
import java.util.List;

/** A transport without a connection that records its calls. */
final class RecordingTransport implements Transport {

  int pauses;
  int resumes;
  boolean paused;
  boolean closing;
  Runnable whenClosed = () -> {};
  Runnable whenResumed = () -> {};

  @Override
  public boolean isReading() {
    return !paused && !closing;
  }

  @Override
  public void pauseReading() {
    pauses++;
    paused = true;
  }

  @Override
  public void resumeReading() {
    resumes++;
    paused = false;
    whenResumed.run();
  }

  @Override
  public void close() {
    if (!closing) {
      closing = true;
      whenClosed.run();
    }
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  @Override
  public void abort() {
    close();
  }

  @Override
  public void write(ByteBuffer data) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean canWriteEof() {
    return false;
  }

  @Override
  public void writeEof() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int getWriteBufferSize() {
    return 0;
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return WriteBufferLimits.DEFAULT;
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T getExtraInfo(ExtraInfo<T> key) {
    return null;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BaseProtocol getProtocol() {
    throw new UnsupportedOperationException();
  }
}
