// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing.pattern;

/** A pattern line that cannot be read; the message says what is wrong and how to mend it. */
public final class BadPatternException extends IllegalArgumentException {
  private final int line;
  private final int column;
  private final String text;

  /**
   * @param line the line in the expression, from 1
   * @param column the character in the line, from 1
   */
  BadPatternException(int line, int column, String text, String message) {
    super(message);
    this.line = line;
    this.column = column;
    this.text = text;
  }

  /** The line in the expression, from 1. */
  public int line() {
    return line;
  }

  /** The character in the line, from 1. */
  public int column() {
    return column;
  }

  /** The line itself; the empty text if there is none. */
  public String text() {
    return text.strip();
  }

  /** The line with a colon before it, for the end of a message; the empty text if there is none. */
  public String quotation() {
    return text.isBlank() ? "" : ": " + text();
  }
}
