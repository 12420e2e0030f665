// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The README is short, every page can be reached from it, and every link leads somewhere. */
class LinksTest {
  private static final Path README = Path.of("README.md");
  private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern CODE = Pattern.compile("(`+)[^`].*?\\1");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*?) *$");
  private static final Pattern LINK_TEXT = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

  /** All pages of the project's own: those of the root and those below docs/. */
  static List<Path> pages() throws IOException {
    try (Stream<Path> root = Files.list(Path.of(""));
        Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(root, docs)
          .filter(page -> page.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(Path page) throws IOException {
    List<String> dead = new ArrayList<>();
    for (String link : links(page)) {
      String anchor = link.contains("#") ? link.substring(link.indexOf('#') + 1) : null;
      Path target = target(page, link);
      if (!Files.exists(target) || anchor != null && !anchors(target).contains(anchor)) {
        dead.add(link);
      }
    }
    assertThat(dead).as("dead links of %s", page).isEmpty();
  }

  @Test
  void everyPageIsReachedFromTheReadme() throws IOException {
    Set<Path> reached = new HashSet<>(Set.of(README));
    Deque<Path> unread = new ArrayDeque<>(reached);
    while (!unread.isEmpty()) {
      Path page = unread.remove();
      for (String link : links(page)) {
        Path target = target(page, link);
        if (target.toString().endsWith(".md") && Files.exists(target) && reached.add(target)) {
          unread.add(target);
        }
      }
    }
    Set<Path> lost = new TreeSet<>(pages());
    lost.removeAll(reached);
    assertThat(lost).isEmpty();
  }

  @Test
  void theReadmeHasAtMost150Lines() throws IOException {
    assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(150);
  }

  /** As GitHub makes them; repeated headings are numbered. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          In five minutes                  | in-five-minutes
          `gateway.host`, and `-D`: a key  | gatewayhost-and--d-a-key
          What [it](a.md#b) says: $1 & 2   | what-it-says-1--2
          snake_case                       | snake_case
          """)
  void aHeadingIsAnAnchor(String heading, String anchor) {
    assertThat(slug(heading)).isEqualTo(anchor);
  }

  /** Links to files and anchors of the repository; those to other sites are left out. */
  private static List<String> links(Path page) throws IOException {
    String text = CODE_BLOCK.matcher(Files.readString(page)).replaceAll("");
    return LINK.matcher(CODE.matcher(text).replaceAll(""))
        .results()
        .map(found -> found.group(1))
        .filter(link -> !link.matches("[a-z]+:.*"))
        .toList();
  }

  private static Path target(Path page, String link) {
    String file = link.replaceFirst("#.*", "");
    return file.isEmpty() ? page : page.resolveSibling(file).normalize();
  }

  private static Set<String> anchors(Path page) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    Set<String> anchors = new HashSet<>();
    Matcher heading = HEADING.matcher(CODE_BLOCK.matcher(Files.readString(page)).replaceAll(""));
    while (heading.find()) {
      String slug = slug(heading.group(1));
      int before = counts.merge(slug, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? slug : slug + "-" + before);
    }
    return anchors;
  }

  private static String slug(String heading) {
    return LINK_TEXT
        .matcher(heading)
        .replaceAll("$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
        .replace(' ', '-');
  }
}
