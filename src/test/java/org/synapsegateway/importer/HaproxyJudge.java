// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real HAProxy with a site's configuration, whose backends answer with their names in place of
 * their servers.
 */
final class HaproxyJudge implements AutoCloseable {
  static final Path HAPROXY = Path.of("/usr/sbin/haproxy");

  private static final Pattern BACKEND = Pattern.compile("x-judge-backend: (\\S+)");

  private final Path socket;
  private final Process process;

  private HaproxyJudge(Path socket, Process process) {
    this.socket = socket;
    this.process = process;
  }

  /**
   * @param frontend the one that is asked
   * @param directory takes its files and sockets
   */
  static HaproxyJudge start(Path configuration, String frontend, Path directory) throws Exception {
    Path file = directory.resolve("haproxy.cfg");
    Files.write(file, stubs(Files.readAllLines(configuration), configuration, directory));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(HAPROXY.toString(), "-db", "-f", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Path socket = directory.resolve(frontend);
    while (!accepts(socket)) {
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        throw new IOException("haproxy does not start: " + Files.readString(output));
      }
    }
    return new HaproxyJudge(socket, process);
  }

  private static boolean accepts(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /** Servers that are always there, listeners and files of our own, an answer of each backend. */
  private static List<String> stubs(List<String> lines, Path configuration, Path directory) {
    List<String> stubs = new ArrayList<>();
    String kind = "";
    String name = "";
    List<String> all = new ArrayList<>(lines);
    all.add("cache end");
    all.add("  total-max-size 1");
    for (String line : all) {
      String[] words = line.strip().split("\\s+", -1);
      if (line.matches("[a-z].*")) {
        if (kind.equals("backend")) {
          stubs.add("  http-request return status 200 hdr X-Judge-Backend " + name);
        }
        kind = words[0];
        name = words.length > 1 ? words[1] : "";
      }
      if (kind.equals("resolvers")
          || line.matches("\\s*(log|stats|errorfile|option httpchk|http-check)\\s.*")) {
        continue;
      }
      String plain = line.replaceAll("/maps/", configuration.getParent() + "/");
      plain = plain.replaceAll("(?<=[ (])(\\w+\\.map)\\b", configuration.getParent() + "/$1");
      stubs.add(
          switch (words[0]) {
            case "bind" -> "  bind unix@" + directory.resolve(name);
            case "server" ->
                "  server "
                    + words[1]
                    + " 127.0.0.1:9"
                    + (line.contains(" backup") ? " backup" : "");
            case "server-template" ->
                "  server-template " + words[1] + " " + words[2] + " 127.0.0.1:9";
            default -> plain;
          });
    }
    return stubs;
  }

  /** Who would get the request; {@code answers} if HAProxy itself does. */
  String ask(String method, String target, Map<String, String> fields) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    fields.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (!fields.containsKey("host")) {
      head.append("Host: x\r\n");
    }
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(
          ByteBuffer.wrap(
              (head + "Content-Length: 0\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1)));
      ByteArrayOutputStream reply = new ByteArrayOutputStream();
      ByteBuffer some = ByteBuffer.allocate(8192);
      while (channel.read(some) >= 0) {
        reply.write(some.array(), 0, some.position());
        some.clear();
      }
      Matcher backend = BACKEND.matcher(reply.toString(StandardCharsets.ISO_8859_1));
      return backend.find() ? backend.group(1) : "answers";
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
