// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

/** The text of a pattern, read from its begin to its end. Confined to one thread. */
final class PatternText {
  private final String text;
  private int at;

  PatternText(String text) {
    this.text = text;
  }

  boolean isAtEnd() {
    return at == text.length();
  }

  int position() {
    return at;
  }

  /** Goes to a position from 0. */
  void moveTo(int position) {
    at = position;
  }

  void skip(int characters) {
    at += characters;
  }

  /** The next character, which stays. */
  char peek() {
    return text.charAt(at);
  }

  /** Whether the next character is this one. */
  boolean isAt(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  boolean isAt(String words) {
    return text.startsWith(words, at);
  }

  /** The character so far behind the next one; NUL behind the end. */
  char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
  }

  char next() {
    return text.charAt(at++);
  }

  String between(int start, int end) {
    return text.substring(start, Math.min(end, text.length()));
  }

  /** The position of some characters from here on; -1 if they do not come. */
  int find(String characters, int ahead) {
    return text.indexOf(characters, at + ahead);
  }

  /** What to throw about the character that comes next. */
  IllegalArgumentException bad(String message) {
    return new IllegalArgumentException(
        message + ", at character " + (at + 1) + " of the pattern " + text);
  }
}
