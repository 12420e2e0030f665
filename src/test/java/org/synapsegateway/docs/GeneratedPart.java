// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a page between {@code <!-- generated -->}, or {@code <!-- generated NAME -->} where
 * there are several, and {@code <!-- end -->}, which is made from the code.
 *
 * <p>A test fails if the page has another text. With {@code -Ddocs.write=true} the test writes the
 * page instead: {@code mvn -Ddocs.write=true test}.
 */
public final class GeneratedPart {
  private static final String END = "<!-- end -->";
  private static final boolean WRITE = Boolean.getBoolean("docs.write");

  private GeneratedPart() {}

  /** Fails if the generated part of a page in docs/reference/ is not this text. */
  public static void check(String page, String wanted) throws IOException {
    checkBehind("<!-- generated -->\n", page, wanted);
  }

  /** Fails if the part of this name of a page in docs/reference/ is not this text. */
  public static void check(String page, String name, String wanted) throws IOException {
    checkBehind("<!-- generated " + name + " -->\n", page, wanted);
  }

  private static void checkBehind(String mark, String page, String wanted) throws IOException {
    Path file = Path.of("docs/reference", page);
    String text = Files.readString(file);
    int begin = text.indexOf(mark) + mark.length();
    int end = text.indexOf(END, begin);
    assertThat(begin).as("%s has %s", file, mark).isGreaterThanOrEqualTo(mark.length());
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
