// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Requests to a site and what its nginx does with them, read by eye: {@code METHOD TARGET [{Name:
 * value}] .. => UPSTREAM [URI]}, where the URI is left out if it is the target, and instead of an
 * upstream may stand a status, {@code other} or {@code ?DIRECTIVE} for what cannot be told.
 *
 * <p>Lines {@code listen ..}, {@code host ..} and {@code client ..} count for those below.
 */
record SiteCases(Path configuration, List<SiteCase> cases) {
  static final Path SITES = Path.of("src/test/resources/importer/nginx");

  private static final Pattern LINE =
      Pattern.compile("(\\S+) (\\S+)((?: \\{[^}]*\\})*) => (\\S+)(?: (\\S+))?");
  private static final Pattern FIELD = Pattern.compile("\\{([^}]*)\\}");

  /** A request and what is expected. */
  record SiteCase(String line, Question question, String outcome, String uri) {}

  static Stream<Path> all() throws IOException {
    try (Stream<Path> files = Files.list(SITES)) {
      return files.filter(file -> file.toString().endsWith(".cases")).sorted().toList().stream();
    }
  }

  static SiteCases read(Path file) throws IOException {
    String listen = "*:80";
    String host = "localhost";
    String client = "198.51.100.7";
    List<SiteCase> cases = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ", 2);
      switch (words[0]) {
        case "listen" -> listen = words[1];
        case "host" -> host = words[1];
        case "client" -> client = words[1];
        case "", "#" -> {}
        default -> {
          Matcher parts = LINE.matcher(line);
          if (!parts.matches()) {
            throw new IllegalArgumentException(file + ": " + line);
          }
          List<String> fields =
              FIELD.matcher(parts.group(3)).results().map(field -> field.group(1)).toList();
          Question question =
              new Question(listen, host, parts.group(1), parts.group(2), fields, client);
          String uri = parts.group(5) == null ? parts.group(2) : parts.group(5);
          cases.add(new SiteCase(line, question, parts.group(4), uri));
        }
      }
    }
    String name = file.toString().replaceFirst("cases$", "conf");
    return new SiteCases(Path.of(name), cases);
  }

  static String told(Decision decision) {
    return switch (decision.kind()) {
      case SENT -> decision.target().name() + " " + decision.uri();
      case ANSWERED -> Integer.toString(decision.status());
      case OTHER -> "other";
      case UNKNOWN -> "?" + Arrays.asList(decision.doubt().split(" ")).get(0);
    };
  }
}
