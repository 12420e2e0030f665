// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.synapsegateway.worker.WorkerSocket;

/**
 * Small HTTP servers on UNIX sockets that stand in for Synapse's workers.
 *
 * <p>Safe for any thread.
 */
public final class DemoWorkers implements AutoCloseable {
  private static final int MAX_BODY = 1024 * 1024;
  private static final Set<PosixFilePermission> MINE = PosixFilePermissions.fromString("rwx------");

  private final Path directory;
  private final EventLoopGroup group;
  private final List<Path> sockets = new ArrayList<>();

  /** Starts a worker for each name; worker {@code x1} listens on {@code inbound_x1.sock}. */
  public DemoWorkers(Path directory, List<String> names) {
    this.directory = directory;
    this.group = Epoll.isAvailable() ? new EpollEventLoopGroup(1) : new NioEventLoopGroup(1);
    for (String name : names) {
      start(name);
    }
  }

  /**
   * An empty directory for the sockets: for the same user always the same one, because the ring
   * goes by the sockets' names; another one while workers listen there.
   *
   * @throws IOException if there is none
   */
  public static Path place() throws IOException {
    String user = System.getProperty("user.name").replaceAll("\\W", "_");
    return place(Path.of(System.getProperty("java.io.tmpdir"), "synapse-gateway-demo-" + user));
  }

  static Path place(Path usual) throws IOException {
    try {
      return Files.createDirectory(usual, PosixFilePermissions.asFileAttribute(MINE));
    } catch (FileAlreadyExistsException e) {
      return isLeft(usual) ? usual : Files.createTempDirectory("synapse-gateway-demo");
    }
  }

  /** Whether it is what a demo of this user has left behind that was killed; empties it. */
  private static boolean isLeft(Path place) throws IOException {
    if (!isMine(place)) {
      return false;
    }
    try (Stream<Path> files = Files.list(place)) {
      for (Path socket : files.toList()) {
        if (WorkerSocket.at(socket).isListening()) {
          return false;
        }
        Files.delete(socket);
      }
    }
    return true;
  }

  /** What somebody else can write to is no place: he could take the workers' names. */
  private static boolean isMine(Path place) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(place, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Path own = Files.createTempFile("synapse-gateway", "");
    try {
      return found.isDirectory()
          && found.permissions().equals(MINE)
          && found.owner().equals(Files.getOwner(own));
    } finally {
      Files.delete(own);
    }
  }

  private void start(String name) {
    Path socket = directory.resolve("inbound_" + name + ".sock");
    boolean epoll = Epoll.isAvailable();
    new ServerBootstrap()
        .group(group)
        .channel(epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new HttpServerCodec(16 * 1024, 64 * 1024, 8 * 1024),
                        new HttpObjectAggregator(MAX_BODY),
                        new DemoWorker(name));
              }
            })
        .bind(epoll ? new DomainSocketAddress(socket.toFile()) : UnixDomainSocketAddress.of(socket))
        .syncUninterruptibly();
    sockets.add(socket);
  }

  @Override
  public void close() throws IOException {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    for (Path socket : sockets) {
      Files.deleteIfExists(socket);
    }
    Files.deleteIfExists(directory);
  }
}
