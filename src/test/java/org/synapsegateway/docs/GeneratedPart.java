package org.synapsegateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of a page between {@code <!-- generated -->} and {@code <!-- end -->}, which is made
 * from the code.
 *
 * <p>A test fails if the page has another text. With {@code -Ddocs.write=true} the test writes the
 * page instead: {@code mvn -Ddocs.write=true test}.
 */
public final class GeneratedPart {
  private static final String BEGIN = "<!-- generated -->\n";
  private static final String END = "<!-- end -->";
  private static final boolean WRITE = Boolean.getBoolean("docs.write");

  private GeneratedPart() {}

  /** Fails if the generated part of a page in docs/reference/ is not this text. */
  public static void check(String page, String wanted) throws IOException {
    Path file = Path.of("docs/reference", page);
    String text = Files.readString(file);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END, begin);
    assertThat(begin).as("%s has %s", file, BEGIN).isGreaterThanOrEqualTo(BEGIN.length());
    assertThat(end).as("%s has %s", file, END).isPositive();
    if (WRITE) {
      Files.writeString(file, text.substring(0, begin) + wanted + text.substring(end));
    } else {
      assertThat(text.substring(begin, end))
          .as("%s is not what the code says; mvn -Ddocs.write=true test writes it", file)
          .isEqualTo(wanted);
    }
  }
}
