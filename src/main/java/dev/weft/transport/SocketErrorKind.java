package dev.weft.transport;

import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Map;

/**
 * The kind of an error of a socket or a pipe: Python's subclasses of {@code OSError}, and {@code errno}. The JDK has
 * types for few kinds. It describes the others by texts of the system, in the system's language.
 */
public enum SocketErrorKind {
  /** The peer has reset the connection, or it is lost: {@code ConnectionResetError}. */
  CONNECTION_RESET,

  /** The peer no longer receives: {@code BrokenPipeError}. */
  BROKEN_PIPE,

  /** This side has ended the connection: {@code ConnectionAbortedError}. */
  CONNECTION_ABORTED,

  /** No program listens at the address: {@code ConnectionRefusedError}. Datagrams have it as well. */
  CONNECTION_REFUSED,

  /** There was no answer: {@code TimeoutError}. */
  TIMED_OUT,

  /** There is no route to the host or its network: {@code EHOSTUNREACH}, {@code ENETUNREACH}. */
  UNREACHABLE,

  /** The name has no address: {@code socket.gaierror}. */
  UNKNOWN_HOST,

  /** Another socket has the address: {@code EADDRINUSE}. */
  ADDRESS_IN_USE,

  /** The address does not belong to this machine: {@code EADDRNOTAVAIL}. */
  ADDRESS_NOT_AVAILABLE,

  /** The system does not permit the operation: {@code PermissionError}. */
  NOT_PERMITTED,

  /** The socket has no peer yet: {@code ENOTCONN}. */
  NOT_CONNECTED,

  /** The datagram is too large: {@code EMSGSIZE}. */
  MESSAGE_TOO_LONG,

  /** There are no descriptors left: {@code EMFILE}, {@code ENFILE}. */
  NO_DESCRIPTORS,

  /** The system has no buffers left: {@code ENOBUFS}. */
  NO_BUFFERS,

  /** This side has closed the socket: {@code EBADF}. */
  CLOSED,

  /** The kind is another one, or is not known. */
  OTHER;

  /** How many causes are followed, because they may form a cycle. */
  private static final int DEPTH = 20;

  private static final Map<String, SocketErrorKind> TEXTS = Map.ofEntries(
      Map.entry("Connection reset", CONNECTION_RESET), // the JDK's own
      Map.entry("Connection reset by peer", CONNECTION_RESET),
      Map.entry("Connection lost", CONNECTION_RESET), // Weft's own, and asyncio's
      Map.entry("the peer closed the connection during the TLS handshake", CONNECTION_RESET),
      Map.entry("Broken pipe", BROKEN_PIPE),
      Map.entry("Software caused connection abort", CONNECTION_ABORTED),
      Map.entry("the connection was closed during the TLS handshake", CONNECTION_ABORTED),
      Map.entry("the connection was closed when its handler had ended", CONNECTION_ABORTED),
      Map.entry("Connection refused", CONNECTION_REFUSED),
      Map.entry("Connection timed out", TIMED_OUT),
      Map.entry("Operation timed out", TIMED_OUT),
      Map.entry("No route to host", UNREACHABLE),
      Map.entry("Network is unreachable", UNREACHABLE),
      Map.entry("Host is down", UNREACHABLE),
      Map.entry("Network is down", UNREACHABLE),
      Map.entry("Address already in use", ADDRESS_IN_USE),
      Map.entry("Cannot assign requested address", ADDRESS_NOT_AVAILABLE),
      Map.entry("Can't assign requested address", ADDRESS_NOT_AVAILABLE),
      Map.entry("could not bind on any address out of", ADDRESS_NOT_AVAILABLE), // Weft's own
      Map.entry("Permission denied", NOT_PERMITTED),
      Map.entry("Operation not permitted", NOT_PERMITTED),
      Map.entry("Transport endpoint is not connected", NOT_CONNECTED),
      Map.entry("Socket is not connected", NOT_CONNECTED),
      Map.entry("Not connected", NOT_CONNECTED),
      Map.entry("Message too long", MESSAGE_TOO_LONG),
      Map.entry("Too many open files", NO_DESCRIPTORS),
      Map.entry("Too many open files in system", NO_DESCRIPTORS),
      Map.entry("No buffer space available", NO_BUFFERS),
      Map.entry("Socket closed", CLOSED),
      Map.entry("Socket is closed", CLOSED),
      Map.entry("Closed by interrupt", CLOSED));

  /**
   * Returns the kind of an error. It knows the errors that {@code connectionLost} and {@code errorReceived} get, and
   * those that connecting, binding, reading and writing throw, in Weft and in the JDK's own sockets. If the error
   * itself does not show its kind, its causes do. The first call for an unknown text provokes a reset, a broken pipe
   * and a refused connection to learn the system's texts. Other errors are {@link #OTHER} if the system's language is
   * not English, unless their types show the kind. Never suspends. Any thread.
   *
   * @param error the error
   * @return the kind; {@link #OTHER} if it is not known
   */
  public static SocketErrorKind of(Throwable error) {
    SocketErrorKind kind = in(error, TEXTS);
    return kind != OTHER ? kind : in(error, SystemTexts.LEARNT);
  }

  private static SocketErrorKind in(Throwable error, Map<String, SocketErrorKind> texts) {
    int depth = 0;
    for (Throwable each = error; each != null && depth < DEPTH; each = each.getCause()) {
      SocketErrorKind kind = byType(each);
      if (kind == OTHER && each.getMessage() != null) {
        kind = byText(each.getMessage(), texts);
      }
      if (kind != OTHER) {
        return kind;
      }
      depth++;
    }
    return OTHER;
  }

  private static SocketErrorKind byType(Throwable error) {
    if (error instanceof ClosedChannelException) {
      return CLOSED;
    } else if (error instanceof SocketTimeoutException) {
      return TIMED_OUT;
    } else if (error instanceof NoRouteToHostException) {
      return UNREACHABLE;
    } else if (error instanceof PortUnreachableException) {
      return CONNECTION_REFUSED;
    } else if (error instanceof UnknownHostException
        || error instanceof UnresolvedAddressException) {
      return UNKNOWN_HOST;
    }
    return OTHER;
  }

  /** Returns the kind of a message that is a known text, or begins with one and an addition. */
  private static SocketErrorKind byText(String message, Map<String, SocketErrorKind> texts) {
    SocketErrorKind kind = texts.get(message);
    for (int i = 0; kind == null && i < message.length(); i++) {
      char end = message.charAt(i);
      if (end == ':' || end == ';' || end == '(' || end == '[') {
        kind = texts.get(message.substring(0, i).strip());
      }
    }
    return kind == null ? OTHER : kind;
  }
}
