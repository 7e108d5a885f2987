package dev.weft.selector;

import dev.weft.log.Log;
import dev.weft.loop.Server;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * The file of a listening Unix socket. The file outlives its socket, and another process may put its own file in its
 * place, so the file is identified by its inode.
 */
final class UnixSocketFile {

  private static final Logger LOG = Log.of(Server.class);

  private static final int FILE_TYPE = 0170000; // S_IFMT
  private static final int SOCKET = 0140000; // S_IFSOCK

  private final Path path;
  private final Object inode;

  private UnixSocketFile(Path path, Object inode) {
    this.path = path;
    this.inode = inode;
  }

  /** Returns the file of a bound channel; empty if the channel is no Unix socket or its file does not exist. */
  static Optional<UnixSocketFile> of(ServerSocketChannel channel) {
    try {
      if (channel.getLocalAddress() instanceof UnixDomainSocketAddress address) {
        Path path = address.getPath();
        return inode(path).map(inode -> new UnixSocketFile(path, inode));
      }
    } catch (IOException e) {
      LOG.error("cannot find the file of {}; it will not be removed on close", channel, e);
    }
    return Optional.empty();
  }

  /** Returns the inode; empty if the file does not exist or the file system has no inodes. */
  private static Optional<Object> inode(Path path) throws IOException {
    try {
      return Optional.ofNullable(
          Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Removes the file, unless another file has replaced it. */
  void remove() {
    try {
      if (Objects.equals(inode, inode(path).orElse(null))) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      LOG.error("cannot remove the Unix socket {}", path, e);
    }
  }

  /** Removes the file at the address if it is a socket on which no process listens. Logs failures. */
  static void removeStale(UnixDomainSocketAddress address) {
    Path path = address.getPath();
    try {
      if (isSocket(path) && isStale(address)) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      // nothing is in the way
    } catch (IOException e) {
      LOG.error("cannot check or remove a stale Unix socket at {}", path, e);
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      int mode = (int) Files.getAttribute(path, "unix:mode");
      return (mode & FILE_TYPE) == SOCKET;
    }
    return Files.readAttributes(path, BasicFileAttributes.class).isOther();
  }

  /** Returns whether the system refuses a connection. Any other result may mean that a process listens. */
  private static boolean isStale(UnixDomainSocketAddress address) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false); // a full backlog must not block the loop
      probe.connect(address);
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (SocketException e) {
      return false; // binding will report the problem
    }
  }
}
