package dev.weft.io;

import java.io.IOException;

/** What the system has of a connection: a socket, or one end of a pipe. Implemented by a back end. Loop thread only. */
public interface End {

  /**
   * Connects the end to its connection. It calls the owner only after {@code watchInput} or {@code watchOutput}.
   *
   * @param owner the connection
   * @throws IOException if the end cannot be used
   */
  void attach(Owner owner) throws IOException;

  /** Closes the end. If that would block, another thread closes it later. The owner is not called any more. */
  void close();

  /**
   * Returns the channel or stream of the program, for {@code getExtraInfo}.
   *
   * @return the object
   */
  Object object();
}
