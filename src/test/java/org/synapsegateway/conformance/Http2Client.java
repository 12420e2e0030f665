// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.synapsegateway.http2.FrameClient;
import org.synapsegateway.http2.FrameClient.Frame;

/**
 * The client of a case of HTTP/2: sends the frames that it is told to, and knows what has come on
 * each stream. A thread of its own reads; all else is for one thread.
 */
final class Http2Client implements AutoCloseable {
  private final FrameClient client;
  private final Duration timeout;
  private final boolean exactly;
  private final Map<Integer, Stream> streams = new TreeMap<>();
  private int lastStream = -1;
  private String goAway;
  private boolean ended;
  private boolean ping;

  /** What has come on one stream. */
  private static final class Stream {
    private final List<List<String>> heads = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private boolean ended;
    private String reset;

    /** The final reply's fields; null if they have not come. */
    private List<String> reply() {
      return heads.stream().filter(head -> !isInterim(head)).findFirst().orElse(null);
    }

    private static boolean isInterim(List<String> head) {
      return head.get(0).startsWith(":status=1");
    }

    private int status() {
      List<String> reply = reply();
      return reply == null ? 0 : Integer.parseInt(reply.get(0).replace(":status=", ""));
    }

    @Override
    public String toString() {
      List<String> parts = new ArrayList<>();
      if (status() != 0) {
        parts.add(status() + (ended ? "" : " cut"));
      }
      if (reset != null) {
        parts.add("reset " + reset);
      }
      return String.join(", ", parts);
    }
  }

  private Http2Client(FrameClient client, Duration timeout, boolean exactly) {
    this.client = client;
    this.timeout = timeout;
    this.exactly = exactly;
    Thread thread = new Thread(this::readAll, "http2 client");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Connects to a port of 127.0.0.1, where TLS is spoken with whatever certificate.
   *
   * @param timeout how long to wait for what is expected
   * @param exactly whether the proxy must do exactly what is expected, or may refuse otherwise
   */
  static Http2Client connect(int port, Duration timeout, boolean exactly) throws IOException {
    SSLSocket socket = (SSLSocket) trustingAll().getSocketFactory().createSocket();
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setTcpNoDelay(true);
    socket.startHandshake();
    FrameClient client = new FrameClient(socket).begin();
    return new Http2Client(client, timeout, exactly);
  }

  private static SSLContext trustingAll() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  // ---- what is sent

  /** Sends frames; a connection that has ended need not take them. */
  void send(byte[] frames, int stream) {
    lastStream = Math.max(lastStream, stream);
    try {
      client.write(frames);
    } catch (IOException e) {
      // what it has said before that tells
    }
  }

  // ---- what comes

  private void readAll() {
    try {
      while (true) {
        take(client.next());
      }
    } catch (IOException | Http2Exception e) {
      synchronized (this) {
        ended = true;
        notifyAll();
      }
    }
  }

  private synchronized void take(Frame frame) throws Http2Exception {
    Stream stream = stream(frame.stream());
    switch (frame.type()) {
      case FrameClient.HEADERS -> stream.heads.add(client.fields(frame));
      case FrameClient.DATA -> stream.body.append(frame.text());
      case FrameClient.RST_STREAM -> stream.reset = error(frame.number());
      case FrameClient.GOAWAY -> goAway = error(Unpooled.wrappedBuffer(frame.payload()).getInt(4));
      case FrameClient.PING -> ping |= frame.flags() == FrameClient.ACK;
      default -> {}
    }
    stream.ended |= frame.endsStream();
    notifyAll();
  }

  private static String error(int code) {
    Http2Error error = Http2Error.valueOf(code);
    return error == null ? "error " + code : error.name();
  }

  private Stream stream(int id) {
    return streams.computeIfAbsent(id, each -> new Stream());
  }

  /** Waits until something is so, the connection has ended or the time has passed. */
  private void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      while (!condition.getAsBoolean() && !ended && deadline - System.nanoTime() > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- what is expected

  /** A request is malformed: 400 and an error of Matrix, and then a reset (RFC 9113 8.1.1). */
  synchronized void expectRefusal(int id) {
    Stream stream = stream(id);
    if (exactly) {
      await(() -> stream.reset != null);
      check(stream.toString().equals("400, reset PROTOCOL_ERROR"), id);
      check(stream.reply().contains("content-type=application/json"), id);
      String body = stream.body.toString();
      check(body.isEmpty() || body.matches("\\{\"errcode\":\"M_[A-Z_]+\",\"error\":\".+\"}"), id);
    } else {
      expectAnyRefusal(id);
    }
  }

  /** Others may refuse as they like, as long as they do. */
  private void expectAnyRefusal(int id) {
    Stream stream = stream(id);
    await(() -> stream.ended || stream.reset != null || goAway != null);
    check(stream.status() >= 400 || stream.reset != null || goAway != null || ended, id);
  }

  /** The stream is reset, before there is a reply. */
  synchronized void expectReset(int id, String code) {
    if (exactly) {
      await(() -> stream(id).reset != null);
      check(stream(id).toString().equals("reset " + code), id);
    } else {
      expectAnyRefusal(id);
    }
  }

  /** The stream is reset within its reply. */
  synchronized void expectCut(int id, String code) {
    Stream stream = stream(id);
    await(() -> stream.ended || stream.reset != null);
    check(!stream.ended && stream.reply() != null, id);
    check(!exactly || code.equals(stream.reset), id);
  }

  /** The reply to the end, and nothing behind it. */
  synchronized void expectReply(int id, List<String> fields) {
    Stream stream = stream(id);
    await(() -> stream.ended || stream.reset != null);
    List<String> reply = stream.reply();
    check(stream.ended && stream.reset == null, id);
    check(exactly && fields.size() > 1 ? reply.equals(fields) : reply.containsAll(fields), id);
  }

  /** The fields of an interim reply, which comes before the final one. */
  synchronized void expectInterim(int id, List<String> fields) {
    await(() -> !stream(id).heads.isEmpty());
    check(!stream(id).heads.isEmpty() && stream(id).heads.get(0).containsAll(fields), id);
  }

  /** The last reply has no field of this name. */
  synchronized void expectNoField(int id, String name) {
    List<String> reply = stream(id).reply();
    check(reply != null && reply.stream().noneMatch(field -> field.startsWith(name + "=")), id);
  }

  synchronized void expectBody(int id, String content) {
    check(stream(id).body.toString().equals(content), id);
  }

  synchronized void expectTrailers(int id, List<String> fields) {
    List<List<String>> heads = stream(id).heads;
    check(heads.get(heads.size() - 1).equals(fields), id);
  }

  /** The connection ends, and the proxy says why. */
  synchronized void expectGoAway(String code) {
    await(() -> goAway != null);
    check(exactly ? code.equals(goAway) : goAway != null || ended || anyIsReset(), lastStream);
    if (exactly) {
      await(() -> false);
      check(ended, lastStream);
    }
  }

  private boolean anyIsReset() {
    return streams.values().stream().anyMatch(stream -> stream.reset != null);
  }

  /** All that was sent has been read, and nothing has come of it. */
  synchronized void expectNothing(int id) throws IOException {
    ping = false;
    client.frame(FrameClient.PING, 0, 0, new byte[8]);
    await(() -> ping);
    check(ping && stream(id).toString().isEmpty(), id);
  }

  private void check(boolean right, int id) {
    if (!right) {
      throw new AssertionError("got " + outcome(id) + ": " + stream(id).heads + stream(id).body);
    }
  }

  /** What has come on the stream that was opened last, in a few words. */
  synchronized String outcome() {
    return outcome(lastStream);
  }

  private String outcome(int id) {
    if (goAway != null && !goAway.equals("NO_ERROR")) {
      return "connection error " + goAway;
    }
    String text = stream(id).toString();
    return !text.isEmpty() ? text : ended || goAway != null ? "closed" : "nothing";
  }

  /** The status of the final reply as a line of HTTP/1.1 has it; empty if there is none. */
  synchronized String finalStatus() {
    Stream stream = stream(lastStream);
    if (stream.status() > 0) {
      return "HTTP/1.1 " + stream.status();
    }
    return stream.reset != null || ended ? "HTTP/1.1 400, as it were: " + outcome() : "";
  }

  /** Whether the proxy has ended the connection. */
  synchronized boolean isEnded() {
    return goAway != null || ended;
  }

  /** Shows that another request of the connection is served; null if so. */
  synchronized String marker() throws IOException {
    int id = lastStream + 2 | 1;
    client.request(id, true, "GET", Stage.MARKER);
    await(() -> stream(id).ended || stream(id).reset != null);
    return stream(id).body.toString().equals("marker")
        ? null
        : "the next request of the connection got " + outcome(id);
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      // it has ended already
    }
  }
}
