// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The site's own nginx, which answers questions before stubs instead of workers.
 *
 * <p>It runs in a private directory that is removed in the end, on UNIX sockets only, as somebody
 * without rights, and for as long as this is open. Nothing of the site's is touched: none of its
 * sockets, ports and logs. Confined to one thread.
 */
public final class Judge implements AutoCloseable {
  private static final int MAX_HEAD = 256 * 1024;
  private static final int START_SECONDS = 10;

  private final Path directory;
  private final JudgeConfiguration configuration;
  private final Map<Integer, String> names = new HashMap<>();
  private @Nullable Stubs stubs;
  private @Nullable Process nginx;

  /**
   * What nginx was seen to do with a request.
   *
   * @param upstream the upstream or the address that it was sent to; null if it was not sent on
   * @param uri the request target as it was sent; null if it was not sent on
   * @param keys what each upstream that hashes would have hashed, by the upstream's name
   * @param status what the client got
   */
  public record Observed(
      @Nullable String upstream, @Nullable String uri, Map<String, String> keys, int status) {}

  private Judge(Site site, Path directory) {
    this.directory = directory;
    this.configuration = new JudgeConfiguration(site, directory);
  }

  /**
   * Starts it.
   *
   * @param binary nginx
   * @throws IOException if it cannot run, or cannot run this configuration; says why
   */
  public static Judge start(Path binary, Site site) throws IOException {
    Path directory =
        Files.createTempDirectory(
            "judge",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
    Judge judge = new Judge(site, directory);
    try {
      judge.start(binary);
      return judge;
    } catch (IOException | RuntimeException e) {
      judge.close();
      throw e;
    }
  }

  private void start(Path binary) throws IOException {
    Directive code = configuration.code();
    if (code != null) {
      throw new IOException(
          "nginx is not asked, as the configuration runs code: "
              + code.name()
              + " at "
              + code.place());
    }
    boolean isRoot = "root".equals(System.getProperty("user.name"));
    Path file = directory.resolve("nginx.conf");
    Files.writeString(
        file, configuration.text(isRoot ? nobody() : null), StandardCharsets.ISO_8859_1);
    configuration.upstreams().forEach((name, number) -> names.put(number, name));
    stubs = Stubs.start(names.keySet(), configuration::upstreamSocket);
    Path output = directory.resolve("output");
    Process started =
        new ProcessBuilder(binary.toString(), "-p", directory.toString(), "-c", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    nginx = started;
    awaitSockets(started, output);
  }

  private static String nobody() throws IOException {
    Path groups = Path.of("/etc/group");
    boolean hasNogroup =
        Files.isReadable(groups)
            && Files.readString(groups, StandardCharsets.ISO_8859_1).contains("\nnogroup:");
    return hasNogroup ? "nobody nogroup" : "nobody";
  }

  private void awaitSockets(Process started, Path output) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    for (int number : configuration.listens().values()) {
      while (!answers(number)) {
        if (!started.isAlive() || System.nanoTime() > end) {
          String said = Files.readString(output, StandardCharsets.ISO_8859_1).strip();
          throw new IOException("nginx does not start with this configuration: " + said);
        }
        try {
          started.waitFor(10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
    }
  }

  private boolean answers(int listen) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(configuration.listenSocket(listen)));
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /**
   * Asks nginx.
   *
   * @throws IOException if it does not answer
   */
  public Observed ask(Question question) throws IOException {
    Integer listen = configuration.listens().get(question.listen());
    if (listen == null) {
      throw new IllegalArgumentException("nothing listens at " + question.listen());
    }
    StringBuilder head = new StringBuilder();
    head.append(question.method()).append(' ').append(question.target()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(question.host()).append("\r\n");
    question.fields().forEach(field -> head.append(field).append("\r\n"));
    head.append("X-Judge-Client: ").append(question.client()).append("\r\n");
    head.append("Connection: close\r\n\r\n");
    String reply = exchange(configuration.listenSocket(listen), head.toString());
    return observed(reply);
  }

  private static String exchange(Path socket, String head) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer request = ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1));
      while (request.hasRemaining()) {
        channel.write(request);
      }
      ByteArrayOutputStream reply = new ByteArrayOutputStream();
      ByteBuffer some = ByteBuffer.allocate(8192);
      while (reply.size() < MAX_HEAD && channel.read(some) >= 0) {
        reply.write(some.array(), 0, some.position());
        some.clear();
      }
      return reply.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private Observed observed(String reply) {
    int end = reply.indexOf("\r\n\r\n");
    List<String> lines = reply.substring(0, Math.max(end, 0)).lines().toList();
    if (lines.isEmpty()) {
      return new Observed(null, null, Map.of(), 444);
    }
    int status = Integer.parseInt(lines.get(0).split(" ", 3)[1]);
    String upstream = null;
    String uri = null;
    Map<String, String> keys = new LinkedHashMap<>();
    for (String line : lines) {
      String name = line.substring(0, Math.max(line.indexOf(':'), 0)).toLowerCase(Locale.ROOT);
      String value = line.substring(line.indexOf(':') + 1).strip();
      if (name.equals("x-judge-stub")) {
        upstream = names.get(Integer.parseInt(value));
      } else if (name.equals("x-judge-uri")) {
        uri = Stubs.decoded(value);
      } else if (name.startsWith("x-judge-key-")) {
        String number = name.substring("x-judge-key-".length());
        keys.put(names.get(Integer.parseInt(number)), Stubs.decoded(value));
      }
    }
    return new Observed(upstream, uri, keys, status);
  }

  /**
   * What nginx does otherwise than the evaluator said; null if they agree, or if the evaluator
   * cannot tell.
   */
  public static @Nullable String disagreement(Decision decision, Observed observed) {
    String said =
        decision.outcome() + (decision.kind() == Decision.Kind.SENT ? " " + decision.uri() : "");
    String did =
        observed.upstream == null
            ? "answers " + observed.status
            : observed.upstream + " " + observed.uri;
    boolean agree =
        switch (decision.kind()) {
          case UNKNOWN -> true;
          case OTHER -> observed.upstream == null;
          case ANSWERED -> observed.upstream == null && observed.status == decision.status();
          case SENT ->
              // an address that is put together at run time has no stub
              decision.target().place() == null
                      && observed.upstream == null
                      && observed.status == 502
                  || decision.target().name().equalsIgnoreCase(observed.upstream)
                      && decision.uri().equals(observed.uri)
                      && agreesOnKey(decision, observed);
        };
    if (agree) {
      return null;
    }
    String key =
        decision.key() == null
            ? ""
            : ", by the key " + decision.key() + " and " + observed.keys.get(observed.upstream);
    return "the evaluator says " + said + ", nginx " + did + key;
  }

  private static boolean agreesOnKey(Decision decision, Observed observed) {
    String said = decision.key();
    if (said == null || decision.target().by() == null) {
      return true;
    }
    // an empty field is not sent
    String key = observed.keys.getOrDefault(decision.target().name().toLowerCase(Locale.ROOT), "");
    return said.strip().equals(key);
  }

  @Override
  public void close() {
    if (nginx != null) {
      nginx.destroy();
      try {
        if (!nginx.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
          nginx.destroyForcibly();
        }
      } catch (InterruptedException e) {
        nginx.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    if (stubs != null) {
      stubs.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(directory + " cannot be removed", e);
    }
  }
}
