// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Runs the suite against proxies side by side and prints who passes what, as Markdown.
 *
 * <p>Arguments: {@code gateway}, {@code nginx}, {@code haproxy} (all three if none is given),
 * {@code -k TEXT} for the cases whose group and name contain a text, {@code -d DIRECTORY} for cases
 * from elsewhere. Exits with 1 if the gateway fails a case.
 */
public final class Conformance {
  static final Path CASES = Path.of("src", "test", "resources", "conformance");

  private final List<String> proxies = new ArrayList<>();
  private final Scoreboard scores = new Scoreboard();
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
    List<Case> cases = CaseReader.readAll(directory).stream().filter(chosen).toList();
    boolean gatewayPasses = true;
    for (String name : proxies) {
      try (ProxyUnderTest proxy = start(name);
          Stage stage = new Stage(proxy.workersDirectory())) {
        run(proxy, stage, cases);
        gatewayPasses &= !proxy.isExact() || scores.failed(proxy.name()) == 0;
      }
    }
    System.out.println(scores.markdown());
    return gatewayPasses;
  }

  private void run(ProxyUnderTest proxy, Stage stage, List<Case> cases) {
    long begin = System.nanoTime();
    scores.proxy(proxy.name());
    for (Case one : cases) {
      scores.add(proxy.name(), one, one.run(proxy, stage));
    }
    System.err.printf(
        "%s: %d of %d cases pass, %.1f s%n",
        proxy.name(),
        cases.size() - scores.failed(proxy.name()),
        cases.size(),
        (System.nanoTime() - begin) / 1e9);
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
