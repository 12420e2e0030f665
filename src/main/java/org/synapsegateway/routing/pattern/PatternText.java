// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

/** A line that is read character by character, and that knows where it is bad. */
abstract class PatternText {
  /** The line's place in the expression, from 1. */
  final int number;

  final String line;

  /** The character to read next, from 0. */
  int at;

  PatternText(int number, String line) {
    this.number = number;
    this.line = line;
  }

  final void skipBlanks() {
    while (at < line.length() && isBlank(line.charAt(at))) {
      at++;
    }
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  /** The character to read next, or NUL at the end of the line. */
  final char peek() {
    return at < line.length() ? line.charAt(at) : 0;
  }

  final BadPatternException bad(String message) {
    return new BadPatternException(number, at + 1, line, message);
  }

  /** Refuses a character that no path has. */
  final void checkPlain(char c) {
    if (isBlank(c)) {
      throw bad("a path has no white space; comments have lines of their own, which begin with #");
    }
    if (c < ' ' || c > '~') {
      throw bad("a path is matched undecoded; write such characters as they are sent, e.g. %C3%A9");
    }
  }
}
