package org.synapsegateway.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management port: a {@link Page} for each path and method.
 *
 * <p>A port and threads of its own, so that who looks at the gateway and who uses it do not meet.
 * Web pages may look but not act: a browser names the page that sends a {@code POST} in {@code
 * Origin}, and then it is refused. Safe for any thread.
 */
public final class Management implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Management.class);

  /** Few, and more than one: whoever reads slowly has one of them for so long. */
  private static final int THREADS = 4;

  private static final int LONGEST_BODY = 64 * 1024;

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, new DefaultThreadFactory("management", true));
  private final Map<String, Map<String, Page>> pages = new ConcurrentHashMap<>();

  /**
   * Takes the port; nothing is answered before {@link #start}.
   *
   * @throws IOException if the port cannot be listened on
   */
  public Management(String host, int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(host, port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
  }

  /** Puts a page that tells something at a path. */
  public void get(String path, Page page) {
    put(path, "GET", page);
    put(path, "HEAD", page);
  }

  /** Puts a page that does something at a path. */
  public void post(String path, Page page) {
    put(path, "POST", page);
  }

  private void put(String path, String method, Page page) {
    pages.computeIfAbsent(path, one -> new TreeMap<>()).put(method, page);
  }

  /** Answers from now on; all pages are there. */
  public void start() {
    server.start();
  }

  /** The port that is listened on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      send(exchange, answerOf(exchange));
    }
  }

  private Answer answerOf(HttpExchange exchange) throws IOException {
    Map<String, Page> methods = pages.get(exchange.getRequestURI().getPath());
    if (methods == null) {
      return Answer.error(404, "nothing is here; there are " + new TreeMap<>(pages).keySet());
    }
    Page page = methods.get(exchange.getRequestMethod());
    if (page == null) {
      exchange.getResponseHeaders().set("Allow", String.join(", ", methods.keySet()));
      return Answer.error(405, "the method must be one of " + methods.keySet());
    }
    if (exchange.getRequestMethod().equals("POST")
        && exchange.getRequestHeaders().containsKey("Origin")) {
      return Answer.error(403, "a web page may not do that");
    }
    byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
    if (body.length > LONGEST_BODY) {
      return Answer.error(413, "the body has more than " + LONGEST_BODY + " bytes");
    }
    return answer(page, exchange, new String(body, StandardCharsets.UTF_8));
  }

  private static Answer answer(Page page, HttpExchange exchange, String body) {
    try {
      QueryStringDecoder target = new QueryStringDecoder(exchange.getRequestURI());
      return page.answer(new Question(target.parameters(), body));
    } catch (IllegalArgumentException e) {
      return Answer.error(400, e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("The page {} of the management port failed", exchange.getRequestURI().getPath(), e);
      return Answer.error(500, "this page failed; the log says how");
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    boolean headOnly = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), headOnly ? -1 : body.length);
    if (!headOnly) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    try {
      threads.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
