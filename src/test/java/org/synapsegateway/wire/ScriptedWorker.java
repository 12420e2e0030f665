// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import io.netty.util.NetUtil;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A real server on a UNIX socket, or on a port, that does to each connection what its script says,
 * and remembers every byte that it got.
 *
 * <p>A script runs in a thread of its own for each connection; when it returns the connection is
 * closed. What goes wrong in a script other than the peer's going away fails {@link #close()}, so
 * that a worker that was treated badly cannot be overlooked.
 */
public final class ScriptedWorker implements AutoCloseable {
  /** More than any test opens at once. */
  private static final int BACKLOG = 512;

  /** What to do with one connection. */
  @FunctionalInterface
  public interface Script {
    void serve(Connection connection) throws Exception;
  }

  private final Path path;
  private final String name;
  private final int port;
  private final Script script;
  private final ServerSocketChannel listener;
  private final Selector selector;
  private final Thread acceptor;
  private final List<Connection> connections = new ArrayList<>();
  private final List<RawMessage> requests = new ArrayList<>();
  private final List<SocketChannel> backlog = new ArrayList<>();
  private int accepted;
  private boolean accepting;
  private boolean forgetful;
  private boolean closed;
  private Throwable failure;

  private ScriptedWorker(ServerSocketChannel bound, Path path, boolean accepting, Script script)
      throws IOException {
    this.listener = bound;
    this.path = path;
    this.script = script;
    this.accepting = accepting;
    this.name =
        path == null ? listener.getLocalAddress().toString() : path.getFileName().toString();
    this.port = path == null ? ((InetSocketAddress) listener.getLocalAddress()).getPort() : 0;
    listener.configureBlocking(false);
    selector = Selector.open();
    listener.register(selector, SelectionKey.OP_ACCEPT);
    acceptor = new Thread(this::acceptAll, "worker " + name);
    acceptor.setDaemon(true);
    acceptor.start();
  }

  /** Starts a worker. */
  public static ScriptedWorker at(Path socket, Script script) throws IOException {
    return new ScriptedWorker(bound(socket, BACKLOG), socket, true, script);
  }

  /**
   * Starts a worker on a port of this machine; 0 for a free one.
   *
   * @param host the address that it listens on
   */
  public static ScriptedWorker at(String host, int port, Script script) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    listener.bind(
        new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(host), port), BACKLOG);
    return new ScriptedWorker(listener, null, true, script);
  }

  private static ServerSocketChannel bound(Path path, int backlog) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(path), backlog);
    return listener;
  }

  /**
   * Starts a worker that listens with this backlog, and accepts nobody until {@link
   * #startAccepting()}. Linux lets one more than the backlog wait.
   */
  public static ScriptedWorker deaf(Path socket, int backlog, Script script) throws IOException {
    return new ScriptedWorker(bound(socket, backlog), socket, false, script);
  }

  /**
   * Keeps no request, and no connection that has ended: for tests that make so many that they would
   * fill the memory.
   */
  public synchronized ScriptedWorker forgetful() {
    forgetful = true;
    return this;
  }

  /** Answers every request with the same bytes. */
  public static Script replying(String reply) {
    return connection -> {
      while (connection.nextRequest() != null) {
        connection.send(reply);
      }
    };
  }

  /** Answers every request with 200 and this body, of ASCII. */
  public static Script saying(String body) {
    return replying("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
  }

  /** Answers every request with 200 and the request's own bytes as the body. */
  public static Script echo() {
    return connection -> {
      for (RawMessage r = connection.nextRequest(); r != null; r = connection.nextRequest()) {
        String echo = r.method().equals("HEAD") ? "" : r.bytes();
        connection.send(
            "HTTP/1.1 200 OK\r\nContent-Length: " + r.bytes().length() + "\r\n\r\n" + echo);
      }
    };
  }

  /** The socket's path; null if it listens on a port. */
  public Path path() {
    return path;
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  // ---- what has happened

  /** The requests that have come whole so far, in the order in which they became whole. */
  public synchronized List<RawMessage> requests() {
    return List.copyOf(requests);
  }

  /** Waits for the request with this number, counted from 0 over all connections. */
  public RawMessage awaitRequest(int number) {
    await("request " + number, () -> requests.size() > number);
    return requests().get(number);
  }

  /** The connections accepted so far. */
  public synchronized List<Connection> connections() {
    return List.copyOf(connections);
  }

  /** Waits for the connection with this number, counted from 0. */
  public Connection awaitConnection(int number) {
    await("connection " + number, () -> connections.size() > number);
    return connections().get(number);
  }

  /** The connections that the peer has not ended. */
  public synchronized int openConnections() {
    connections.forEach(c -> c.wire.pull());
    return (int) connections.stream().filter(c -> c.isOpen()).count();
  }

  /**
   * Every byte that has been sent to this worker up to now, read by its script or not, on
   * connections accepted or still waiting. Zero is proof that nothing came.
   */
  public long receivedBytes() throws IOException {
    acceptPending();
    return connections().stream().mapToLong(c -> c.wire.receivedBytes()).sum();
  }

  // ---- what is done to it

  /** Accepts those that wait, and all that come. */
  public synchronized void startAccepting() {
    accepting = true;
    notifyAll();
  }

  /** Accepts nobody until {@link #startAccepting()}; those who connect wait in the backlog. */
  public synchronized void stopAccepting() {
    accepting = false;
  }

  /**
   * Connects until the backlog has no room, for a worker that does not accept; {@link
   * #leaveBacklog()} or {@link #close()} takes these connections away.
   */
  public void fillBacklog() throws IOException {
    boolean room = true;
    while (room) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      backlog.add(channel);
      channel.configureBlocking(false);
      room = connect(channel);
      if (backlog.size() > BACKLOG) {
        throw new IllegalStateException("the backlog does not fill; is the worker deaf?");
      }
    }
  }

  /** Ends the connections that filled the backlog; they stay there until they are accepted. */
  public void leaveBacklog() throws IOException {
    for (SocketChannel channel : backlog) {
      channel.close();
    }
    backlog.clear();
  }

  private boolean connect(SocketChannel channel) throws IOException {
    try {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException e) {
      throw e;
    } catch (SocketException e) {
      // a full backlog is EAGAIN, which the JDK does not take for a connection under way
      return false;
    }
  }

  /** Stops listening and leaves the socket's file, so that who connects is refused. */
  public void refuse() throws IOException {
    listener.close();
    selector.wakeup();
    synchronized (this) {
      notifyAll();
    }
    join(acceptor);
  }

  /** Stops listening, removes the socket's file, and ends all connections. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    try {
      refuse();
      leaveBacklog();
      if (path != null) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot close " + name, e);
    }
    for (Connection connection : connections()) {
      connection.wire.close();
      connection.thread.interrupt();
      join(connection.thread);
    }
    Throwable wrong = failure();
    if (wrong != null) {
      throw new AssertionError("the script of " + name + " failed: " + wrong, wrong);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(Wire.PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What went wrong in a script first, or null. */
  public synchronized Throwable failure() {
    return failure;
  }

  // ---- the machinery

  private void acceptAll() {
    // closing the selector is what really closes a listener that is registered with it
    try (selector) {
      while (listener.isOpen()) {
        selector.select();
        selector.selectedKeys().clear();
        acceptPending();
        awaitAccepting();
      }
    } catch (ClosedSelectorException | ClosedChannelException e) {
      // the worker stops
    } catch (IOException e) {
      failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitAccepting() throws InterruptedException {
    while (!accepting && listener.isOpen()) {
      wait();
    }
  }

  private synchronized void acceptPending() throws IOException {
    while (accepting && listener.isOpen()) {
      SocketChannel channel = listener.accept();
      if (channel == null) {
        return;
      }
      Connection connection = new Connection(channel, accepted++);
      connections.add(connection);
      notifyAll();
      connection.thread.start();
    }
  }

  private synchronized void received(Connection connection, RawMessage request) {
    if (!forgetful) {
      requests.add(request);
      connection.requests.add(request);
    }
    notifyAll();
  }

  private synchronized void ended(Connection connection) {
    if (forgetful) {
      connections.remove(connection);
    }
  }

  private synchronized void failed(Throwable thrown) {
    if (!closed && failure == null) {
      failure = thrown;
    }
    notifyAll();
  }

  private synchronized void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Wire.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (failure != null) {
        throw new AssertionError("no " + what + ": the script failed: " + failure, failure);
      }
      if (left <= 0) {
        throw new AssertionError(
            "no " + what + " came to " + name + "; requests so far: " + requests);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }

  /** One connection as its script sees it. */
  public final class Connection {
    private final Wire wire;
    private final int number;
    private final Thread thread;
    private final List<RawMessage> requests = new ArrayList<>();

    private Connection(SocketChannel channel, int number) throws IOException {
      this.wire = new Wire(channel);
      this.number = number;
      thread = new Thread(this::run, "worker " + name + " " + number);
      thread.setDaemon(true);
    }

    private void run() {
      try {
        script.serve(this);
      } catch (Throwable e) {
        if (!isPeersLeaving(e)) {
          failed(e);
        }
      } finally {
        wire.close();
        ended(this);
      }
    }

    /** Whether the script ended only because its connection did; {@link #end()} tells how. */
    private boolean isPeersLeaving(Throwable e) {
      return e instanceof IOException
          && !(e instanceof SocketTimeoutException)
          && !(e instanceof MalformedException);
    }

    /** Counted from 0 in the order of acceptance. */
    public int number() {
      return number;
    }

    /** The worker that accepted this connection. */
    public ScriptedWorker worker() {
      return ScriptedWorker.this;
    }

    /** Reads the next request; null if the peer ends the connection in good order instead. */
    public RawMessage nextRequest() throws IOException {
      RawHead head = nextHead();
      return head == null ? null : readBody(head);
    }

    /** Reads the head of the next request; null if the peer ends the connection instead. */
    public RawHead nextHead() throws IOException {
      // a connection may be idle for as long as its worker lives
      if (!wire.awaitInput(Duration.ofDays(1)) || wire.unread().isEmpty()) {
        return null;
      }
      RawHead head = RawHead.read(wire);
      head.checkRequest();
      return head;
    }

    /** Reads the body that follows a head; the request then counts as received. */
    public RawMessage readBody(RawHead head) throws IOException {
      RawBody body = RawBody.ofRequest(wire, head);
      if (!body.isWhole()) {
        throw new EOFException("\"" + head.line() + "\" broke off in its body");
      }
      RawMessage request = new RawMessage(head, body);
      received(this, request);
      return request;
    }

    /** Reads exactly this many bytes. */
    public String read(int count) throws IOException {
      return wire.take(count);
    }

    /** Writes a text, one byte a char. */
    public void send(String text) throws IOException {
      wire.send(text);
    }

    /** Waits for a test to count the latch down. */
    public void await(CountDownLatch latch) throws InterruptedException {
      if (!latch.await(Wire.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the test did not count the latch down");
      }
    }

    /** Waits until the peer has ended the connection, and says how. */
    public Wire.End awaitEnd() throws IOException {
      return wire.awaitEnd();
    }

    /** How the peer has ended the connection, as far as has been read. */
    public Wire.End end() {
      return wire.end();
    }

    /** Whether neither side has ended the connection. */
    public boolean isOpen() {
      return wire.end() == Wire.End.NONE && wire.channel().isOpen();
    }

    /** The requests that came whole on this connection. */
    public List<RawMessage> requests() {
      synchronized (ScriptedWorker.this) {
        return List.copyOf(requests);
      }
    }

    /** Ends the output: the peer sees the end of its input, and can still write. */
    public void endOutput() throws IOException {
      wire.endOutput();
    }

    /** Ends the input: a peer that sends more on a UNIX socket gets an error. */
    public void endInput() throws IOException {
      wire.endInput();
    }

    /** Closes the connection. */
    public void close() {
      wire.close();
    }

    /**
     * Resets the connection. A UNIX socket is reset by being closed with input unread, so this
     * waits until the peer has sent something that the script has not read.
     */
    public void reset() throws IOException {
      wire.awaitReadable();
      wire.close();
    }

    /** Waits until something has come, without reading it. */
    public void awaitReadable() throws IOException {
      wire.awaitReadable();
    }

    /** The connection, for what has no name here. */
    public Wire wire() {
      return wire;
    }
  }
}
