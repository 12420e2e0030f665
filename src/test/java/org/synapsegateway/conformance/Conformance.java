// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Runs the suite against proxies side by side and prints who passes what, as Markdown, and which
 * rules of HTTP/2 each keeps.
 *
 * <p>Arguments: {@code gateway}, {@code nginx}, {@code haproxy} (all three if none is given),
 * {@code -k TEXT} for the cases whose group and name contain a text, {@code -d DIRECTORY} for cases
 * from elsewhere. Exits with 1 if the gateway fails a case.
 */
public final class Conformance {
  static final Path CASES = Path.of("src", "test", "resources", "conformance");

  /** The cases of HTTP/2, and what is like them in HTTP/1.1 over TLS. */
  static final Path HTTP2_CASES = CASES.resolve("http2");

  private final List<String> proxies = new ArrayList<>();
  private final Scoreboard scores = new Scoreboard();
  private final RuleTable rules = new RuleTable();
  private Path directory = CASES;
  private String key = "";

  private Conformance() {}

  public static void main(String[] arguments) throws IOException {
    Conformance conformance = new Conformance();
    conformance.read(arguments);
    System.exit(conformance.run() ? 0 : 1);
  }

  private void read(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "-k" -> key = arguments[++i];
        case "-d" -> directory = Path.of(arguments[++i]);
        default -> proxies.add(arguments[i]);
      }
    }
    if (proxies.isEmpty()) {
      proxies.addAll(List.of("gateway", "nginx", "haproxy"));
    }
  }

  private boolean run() throws IOException {
    Predicate<Case> chosen = c -> (c.group() + " " + c.name()).contains(key);
    List<Case> text = CaseReader.readAll(directory).stream().filter(chosen).toList();
    List<Case> frames =
        CaseReader.readAll(directory.resolve("http2"), "https").stream().filter(chosen).toList();
    boolean gatewayPasses = true;
    for (String name : proxies) {
      ProxyUnderTest proxy = start(name);
      try (OverTls overTls = new OverTls(proxy);
          Stage stage = new Stage(proxy.workersDirectory())) {
        long begin = System.nanoTime();
        scores.proxy(proxy.name());
        text.forEach(one -> scores.add(proxy.name(), one, one.run(proxy, stage)));
        frames.forEach(one -> runHttp2(overTls, stage, one));
        tell(proxy.name(), text.size() + frames.size(), System.nanoTime() - begin);
        gatewayPasses &= !proxy.isExact() || scores.failed(proxy.name()) == 0;
      }
    }
    System.out.println(scores.markdown());
    System.out.println(rules.markdown());
    return gatewayPasses;
  }

  private void runHttp2(ProxyUnderTest proxy, Stage stage, Case one) {
    StringBuilder outcome = new StringBuilder();
    String failure = one.run(proxy, stage, outcome::append);
    scores.add(proxy.name(), one, failure);
    rules.add(proxy.name(), one, failure, outcome.toString());
  }

  private void tell(String proxy, int cases, long nanos) {
    System.err.printf(
        "%s: %d of %d cases pass, %.1f s%n",
        proxy, cases - scores.failed(proxy), cases, nanos / 1e9);
  }

  private static ProxyUnderTest start(String proxy) throws IOException {
    return switch (proxy) {
      case "nginx" -> new Nginx();
      case "haproxy" -> new HaProxy();
      case "gateway" -> new GatewayJar();
      default ->
          throw new IllegalArgumentException(
              "\"" + proxy + "\" is no proxy; write gateway, nginx or haproxy");
    };
  }
}
