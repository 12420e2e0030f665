// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.synapsegateway.wire.RawBody;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.RawField;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.Text;
import org.synapsegateway.wire.Wire;

/** One case on its way: its clients, the request that a worker has in hand, the last reply. */
final class Scene implements AutoCloseable {
  /** Far longer than anything here takes; passing it is a failure, never a measurement. */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  /** Enough to know for the table that another proxy gives no answer. */
  private static final Duration PATIENCE_WITH_OTHERS = Duration.ofSeconds(1);

  private static final Duration GLANCE = Duration.ofMillis(10);
  private static final Pattern REQUEST_LINE =
      Pattern.compile("(?:^|\r\n)([A-Z]+) [^ \r\n]+ HTTP/1\\.[0-9]\r\n");
  private static final Pattern STATUS_LINE = Pattern.compile("(?:^|\r\n)HTTP/1\\.[01] ([0-9]{3})");
  private static final Pattern FINAL_STATUS = Pattern.compile("(?:^|\r\n)HTTP/1\\.[01] [2-5]");

  private final Case played;
  private final ProxyUnderTest proxy;
  private final Stage stage;
  private final Duration patience;
  private final Deque<String> methods = new ArrayDeque<>();
  private final Set<Integer> workerStatuses = new HashSet<>();
  private RawClient client;
  private Http2Client http2;
  private Stage.Arrival arrival;
  private Stage.Arrival before;
  private RawMessage request;
  private RawMessage reply;
  private boolean dropped;
  private boolean partly;

  Scene(Case played, ProxyUnderTest proxy, Stage stage) throws IOException {
    this.played = played;
    this.proxy = proxy;
    this.stage = stage;
    this.patience = proxy.isExact() ? PATIENCE : PATIENCE_WITH_OTHERS;
    stage.begin(played.stage(), played.requests());
    if (!played.isOfHttp2()) {
      newClient();
    }
  }

  // ---- the client

  void newClient() throws IOException {
    if (client != null) {
      client.close();
    }
    methods.clear();
    client = RawClient.connect(proxy.port());
    client.wire().setPatience(patience);
  }

  void send(String bytes, boolean bytewise) throws IOException {
    if (client == null) {
      newClient();
    }
    Matcher line = REQUEST_LINE.matcher(bytes);
    while (line.find()) {
      methods.add(line.group(1));
    }
    try {
      if (bytewise) {
        client.sendBytewise(bytes);
      } else {
        client.send(bytes);
      }
    } catch (IOException e) {
      // a proxy that has refused the beginning need not take the rest; its reply tells
      client.wire().pull();
    }
  }

  void flush() throws IOException {
    client.awaitTaken();
  }

  void clientEnds() throws IOException {
    client.endOutput();
  }

  void clientCloses() {
    client.close();
  }

  void clientResets() throws IOException {
    client.reset();
  }

  void expectStatus(List<String> allowed) throws IOException {
    reply = null;
    RawHead head;
    try {
      head = nextHead(allowed);
    } catch (EOFException e) {
      boolean silent = client.wire().unread().isEmpty();
      check(
          allowed.contains(silent ? "closed" : "cut"),
          "the connection ended without a reply: " + e.getMessage());
      return;
    }
    RawBody body = RawBody.ofReply(client.wire(), head, method(head));
    reply = new RawMessage(head, body);
    if (!body.isWhole()) {
      check(allowed.contains("cut"), "the reply broke off: " + reply);
      return;
    }
    check(allowed.contains(String.valueOf(head.status())), "got " + reply);
    checkOwnError();
  }

  void expectReply(Expected expected) throws IOException {
    RawHead head = nextHead(List.of(String.valueOf(expected.status())));
    RawBody body = RawBody.ofReply(client.wire(), head, method(head));
    reply = new RawMessage(head, body);
    check(body.isWhole(), "the reply broke off: " + reply);
    expected.check(reply, proxy.isExact(), played.verbatim());
  }

  void expectHeadOnly(int status) throws IOException {
    RawHead head = nextHead(List.of());
    check(head.status() == status, "got " + Text.show(head.text()));
  }

  /** Bytes of a body whose head has been read alone. */
  void expectPart(String part) throws IOException {
    String got = client.read(part.length());
    check(got.equals(part), "got \"" + Text.show(got) + "\"");
  }

  /** The head of the next reply; a 100 that nobody waits for is passed over. */
  private RawHead nextHead(List<String> allowed) throws IOException {
    RawHead head = client.readHead();
    while (head.status() == 100 && !allowed.contains("100")) {
      head = client.readHead();
    }
    return head;
  }

  private String method(RawHead head) {
    if (head.status() < 200) {
      return "GET";
    }
    String method = methods.poll();
    return method == null ? "GET" : method;
  }

  void expectEnd() throws IOException {
    Wire.End end = client.awaitEnd(patience);
    check(end != Wire.End.NONE, "the proxy keeps the connection open");
    check(
        client.wire().unread().isEmpty(),
        "more came: \"" + Text.show(client.wire().unread()) + "\"");
  }

  void expectReset() throws IOException {
    Wire.End end = client.awaitEnd(patience);
    check(end == Wire.End.RESET, "the connection ended otherwise: " + end);
  }

  void expectField(String line) {
    int colon = line.indexOf(':');
    String name = line.substring(0, colon);
    List<String> wanted = List.of(line.substring(colon + 1).trim());
    check(reply != null && reply.values(name).equals(wanted), "got " + reply);
  }

  void expectNoField(String name) {
    check(reply != null && reply.values(name).isEmpty(), "got " + reply);
  }

  void expectReplyWithout(String text) {
    check(reply == null || !reply.bytes().contains(text), "got " + reply);
  }

  /** What Synapse's clients need of an error: JSON that a browser may read. */
  void expectMatrixError() {
    check(reply != null, "there is no reply");
    check("application/json".equals(reply.value("Content-Type")), "not JSON, but " + reply);
    check("*".equals(reply.value("Access-Control-Allow-Origin")), "no CORS in " + reply);
    for (RawField field : reply.head().fields()) {
      check(!field.value().isEmpty(), "empty field in " + reply);
    }
    check(
        reply.content().isEmpty()
            || reply.content().matches("\\{\"errcode\":\"M_[A-Z_]+\",\"error\":\"[^\"\\\\]+\"}"),
        "no Matrix error in " + reply);
  }

  /** The gateway's own errors speak Matrix, whatever the case is about. */
  private void checkOwnError() {
    if (proxy.isExact() && reply.status() >= 400 && !workerStatuses.contains(reply.status())) {
      expectMatrixError();
    }
  }

  /** The client that speaks HTTP/2, from its first step on. */
  Http2Client http2() throws IOException {
    if (http2 == null) {
      http2 = Http2Client.connect(proxy.tlsPort(), patience, proxy.isExact());
    }
    return http2;
  }

  /** What an HTTP/2 client has got, if there is one. */
  void tell(Consumer<String> outcomes) {
    if (http2 != null) {
      outcomes.accept(http2.outcome());
    }
  }

  // ---- the worker

  void expectHead() throws IOException, InterruptedException {
    release();
    before = arrival;
    arrival = null;
    long deadline = System.nanoTime() + patience.toNanos();
    while (arrival == null) {
      arrival = stage.poll(GLANCE);
      if (arrival == null) {
        String got = http2 == null ? unread() : http2.finalStatus();
        check(
            !FINAL_STATUS.matcher(got).find(),
            "no request came to a worker; the client got \"" + Text.show(got) + "\"");
        check(
            deadline - System.nanoTime() > 0 && stage.strays().isEmpty(),
            "no request came to a worker; strays " + stage.strays());
      }
    }
    partly = true;
    request = new RawMessage(arrival.head(), RawBody.NONE);
    arrival.connection().wire().setPatience(patience);
  }

  private String unread() {
    client.wire().pull();
    return client.wire().unread();
  }

  void expectAnyRequest() throws IOException, InterruptedException {
    boolean partlyBefore = partly;
    expectHead();
    partly = partlyBefore;
    request = arrival.connection().readBody(arrival.head());
    stage.account(request.bytes().length());
  }

  void expectRequest(Expected expected) throws IOException, InterruptedException {
    expectAnyRequest();
    expected.check(request, proxy.isExact(), played.verbatim());
  }

  /** Reads the body of a request whose head has been read alone. */
  void expectBody(String content) throws IOException {
    request = arrival.connection().readBody(arrival.head());
    check(request.content().equals(content), "the worker got \"" + request + "\"");
  }

  void expectTrailers(RawMessage of, String lines) {
    StringBuilder got = new StringBuilder();
    of.body().trailers().forEach(t -> got.append(t.line()).append("\r\n"));
    check(lines.contentEquals(got), "trailers are \"" + Text.show(got.toString()) + "\"");
  }

  RawMessage request() {
    return request;
  }

  RawMessage reply() {
    return reply;
  }

  void expectRequestWithout(String text) {
    check(!request.bytes().contains(text), "the worker got \"" + request + "\"");
  }

  void expectAt(String place) {
    String worker = arrival.worker();
    switch (place) {
      case "other" -> check(!worker.equals(before.worker()), "again " + worker);
      case "same" -> check(worker.equals(before.worker()), before.worker() + ", then " + worker);
      case "fresh" -> check(arrival.connection() != before.connection(), "on the same connection");
      case "again" -> check(arrival.connection() == before.connection(), "on another connection");
      default -> check(worker.matches(place + "[0-9]*"), "at " + worker);
    }
  }

  /** The proxy leaves the worker's connection, because the client has left its own. */
  void expectWorkerLeft() throws IOException {
    check(
        arrival.connection().wire().awaitEnd(patience) != Wire.End.NONE,
        "the proxy keeps the worker's connection");
  }

  void workerSends(String bytes) throws IOException {
    Matcher line = STATUS_LINE.matcher(bytes);
    while (line.find()) {
      workerStatuses.add(Integer.parseInt(line.group(1)));
    }
    try {
      arrival.connection().send(bytes);
    } catch (IOException e) {
      // a proxy that has given up on this worker need not take the rest
      arrival.connection().wire().pull();
    }
  }

  void workerEnds() throws IOException {
    arrival.connection().endOutput();
  }

  void workerCloses() {
    arrival.connection().close();
  }

  void workerResets() throws IOException {
    arrival.connection().reset();
  }

  void workerGoesMissing() throws IOException {
    dropped = true;
    release();
    stage.drop(arrival, false);
  }

  void workerRefuses() throws IOException {
    dropped = true;
    release();
    stage.drop(arrival, true);
  }

  void workersAccept() throws IOException {
    stage.accept();
  }

  private void release() {
    if (arrival != null) {
      arrival.release();
    }
  }

  // ---- the end

  /** Shows that the next request is served and that the workers got nothing else. */
  String finish() throws IOException {
    closeText();
    release();
    stage.restore(played.stage(), dropped);
    boolean goesOn = http2 != null && proxy.isExact() && !http2.isEnded();
    String failure = goesOn ? http2.marker() : marker();
    stage.awaitStrays();
    if (failure == null && !stage.strays().isEmpty() && !dropped) {
      failure = "workers got what was not expected: " + stage.strays();
    }
    boolean countable = played.stage() == Stage.Opening.READY && !dropped && !partly;
    if (failure == null && countable && !played.unfinished() && stage.strayBytes() != 0) {
      failure = "workers got " + stage.strayBytes() + " bytes that no step expected";
    }
    stage.drain();
    return failure == null ? null : played.group() + ".txt:" + played.line() + " " + failure;
  }

  private String marker() {
    try (RawClient next = RawClient.connect(proxy.port())) {
      next.wire().setPatience(patience);
      RawMessage answer =
          next.exchange("GET " + Stage.MARKER + " HTTP/1.1\r\nHost: next.example\r\n\r\n");
      return answer.content().equals("marker") ? null : "the next request got " + answer;
    } catch (IOException e) {
      return "the next request was not served: " + e;
    }
  }

  private void closeText() {
    if (client != null) {
      client.close();
    }
  }

  private static void check(boolean right, String otherwise) {
    if (!right) {
      throw new AssertionError(otherwise);
    }
  }

  @Override
  public void close() {
    closeText();
    if (http2 != null) {
      http2.close();
    }
  }
}
