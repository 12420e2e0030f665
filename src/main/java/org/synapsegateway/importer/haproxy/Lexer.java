// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a haproxy.cfg into lines of words, by HAProxy's rules: words end at spaces, a backslash
 * keeps the next character, double quotes keep all but backslash and variables, single quotes keep
 * all, and {@code #} begins a comment wherever it stands outside of quotes.
 */
final class Lexer {
  private final String file;
  private final String text;
  private final int number;
  private final List<String> words = new ArrayList<>();
  private @Nullable StringBuilder word;
  private boolean hasVariables;
  private int at;

  private Lexer(String file, int number, String text) {
    this.file = file;
    this.number = number;
    this.text = text;
  }

  /** The lines that have words. */
  static List<Line> lines(String file, String text) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      Line read = new Lexer(file, ++number, line).line();
      if (!read.words().isEmpty()) {
        lines.add(read);
      }
    }
    return lines;
  }

  private Line line() {
    while (at < text.length()) {
      char c = text.charAt(at++);
      switch (c) {
        case ' ', '\t' -> end();
        case '#' -> at = text.length();
        case '\'' -> quoted();
        case '"' -> doubleQuoted();
        case '\\' -> escaped();
        default -> append(c);
      }
    }
    end();
    return new Line(file, number, List.copyOf(words), hasVariables);
  }

  private void append(char c) {
    word = word == null ? new StringBuilder() : word;
    word.append(c);
  }

  private void begin() {
    word = word == null ? new StringBuilder() : word;
  }

  private void end() {
    if (word != null) {
      words.add(word.toString());
    }
    word = null;
  }

  private char next() {
    if (at == text.length()) {
      throw new Line(file, number, words, false).bad("the line ends within quotes or an escape");
    }
    return text.charAt(at++);
  }

  private void quoted() {
    begin();
    for (char c = next(); c != '\''; c = next()) {
      append(c);
    }
  }

  private void doubleQuoted() {
    begin();
    for (char c = next(); c != '"'; c = next()) {
      if (c == '\\') {
        escaped();
      } else {
        hasVariables |= c == '$' && text.substring(at).matches("\\{?[A-Za-z_].*");
        append(c);
      }
    }
  }

  private void escaped() {
    char kept = next();
    switch (kept) {
      case 'n' -> append('\n');
      case 'r' -> append('\r');
      case 't' -> append('\t');
      case ' ', '#', '\\', '"', '\'', '$' -> append(kept);
      default -> {
        append('\\'); // as in a pattern
        append(kept);
      }
    }
  }
}
