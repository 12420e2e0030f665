// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.ArrayList;
import java.util.List;
import org.synapsegateway.fault.ConfigurationException;

/**
 * Splits a configuration into words, after the rules of nginx's ngx_conf_read_token: a quote counts
 * only where a word begins, a backslash keeps the next character, and the brace of <code>${</code>
 * opens no block. Text is one char a byte. Takes linear time. Confined to one thread.
 */
final class Lexer {
  /** As nginx has it, whose buffer has so many bytes. */
  private static final int MAX_WORD = 4096;

  private static final int MAX_WORDS = 2048;

  /** How the words of a directive ended. */
  enum End {
    SEMICOLON,
    BLOCK,
    BLOCK_END,
    FILE_END
  }

  private final String file;
  private final String text;
  private int at;
  private int line;
  private int firstLine;
  private final List<String> words = new ArrayList<>();

  /**
   * @param line the number of the text's first line
   */
  Lexer(String file, String text, int line) {
    this.file = file;
    this.text = text;
    this.line = line;
  }

  /** The words of the directive that was read last. */
  List<String> words() {
    return List.copyOf(words);
  }

  /** Where it begins. */
  Place place() {
    return new Place(file, firstLine);
  }

  /** Where the reading is. */
  Place here() {
    return new Place(file, line);
  }

  /** Reads the words up to the end of a directive or of a block. */
  End next() {
    words.clear();
    while (true) {
      skipBlanks();
      if (at == text.length()) {
        if (!words.isEmpty()) {
          throw bad("the file ends within a directive; is there a \";\" or \"}\" missing?");
        }
        return End.FILE_END;
      }
      char c = text.charAt(at);
      if (words.isEmpty()) {
        firstLine = line;
      }
      if (c == ';' || c == '{') {
        if (words.isEmpty()) {
          throw bad("unexpected \"" + c + "\"");
        }
        at++;
        return c == ';' ? End.SEMICOLON : End.BLOCK;
      }
      if (c == '}') {
        if (!words.isEmpty()) {
          throw bad("unexpected \"}\"; is there a \";\" missing before it?");
        }
        at++;
        return End.BLOCK_END;
      }
      add(c == '"' || c == '\'' ? quoted(c) : plain());
    }
  }

  private void add(String word) {
    if (words.size() == MAX_WORDS) {
      throw bad("a directive of more than " + MAX_WORDS + " words");
    }
    words.add(word);
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        while (at < text.length() && text.charAt(at) != '\n') {
          at++;
        }
      } else if (isBlank(c)) {
        line += c == '\n' ? 1 : 0;
        at++;
      } else {
        return;
      }
    }
  }

  private String plain() {
    int start = at;
    boolean behindDollar = false;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (isBlank(c) || c == ';' || c == '{' && !behindDollar) {
        return word(start, at);
      }
      behindDollar = c == '$' || c == '{' && behindDollar;
      if (c == '\\') {
        skipEscaped();
      }
    }
    throw bad("the file ends within a word");
  }

  private String quoted(char quote) {
    Place opened = here();
    int start = ++at;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == quote) {
        String word = word(start, at);
        at++;
        checkBehindQuote();
        return word;
      }
      line += c == '\n' ? 1 : 0;
      if (c == '\\') {
        skipEscaped();
      }
    }
    throw opened.bad("the quote is not closed");
  }

  private void skipEscaped() {
    if (at + 1 < text.length()) {
      at++;
      line += text.charAt(at) == '\n' ? 1 : 0;
    }
  }

  private void checkBehindQuote() {
    if (at < text.length()) {
      char c = text.charAt(at);
      if (!isBlank(c) && c != ';' && c != '{' && c != ')') {
        throw bad("unexpected \"" + printable(c) + "\" behind a quote");
      }
    }
  }

  private String word(int start, int end) {
    if (end - start >= MAX_WORD) {
      throw bad("a word of more than " + (MAX_WORD - 1) + " bytes");
    }
    StringBuilder word = new StringBuilder();
    int i = start;
    while (i < end) {
      char c = text.charAt(i);
      char next = c == '\\' && i + 1 < end ? text.charAt(i + 1) : 0;
      int meant =
          switch (next) {
            case '"', '\'', '\\' -> next;
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'n' -> '\n';
            default -> -1;
          };
      word.append(meant < 0 ? c : (char) meant);
      i += meant < 0 ? 1 : 2;
    }
    return word.toString();
  }

  /**
   * Passes over a block of Lua, whose opening brace has been read: up to the brace that closes it,
   * outside of Lua's strings and comments.
   */
  void skipLua() {
    Place opened = here();
    int open = 1;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (text.startsWith("--", at)) {
        at += 2;
        skipLuaComment();
        continue;
      }
      if (c == '"' || c == '\'') {
        skipLuaString(c);
        continue;
      }
      if (c == '[' && longBracket() >= 0) {
        skipLongBracket(longBracket());
        continue;
      }
      at++;
      line += c == '\n' ? 1 : 0;
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (open == 0) {
        return;
      }
    }
    throw opened.bad("the block of Lua is not closed");
  }

  private void skipLuaComment() {
    int level = longBracket();
    if (level >= 0) {
      skipLongBracket(level);
      return;
    }
    while (at < text.length() && text.charAt(at) != '\n') {
      at++;
    }
  }

  private void skipLuaString(char quote) {
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      line += c == '\n' ? 1 : 0;
      if (c == '\\') {
        skipEscaped();
      } else if (c == quote) {
        at++;
        return;
      }
    }
  }

  /** The number of equals signs of a long bracket that opens here; -1 if none does. */
  private int longBracket() {
    if (at >= text.length() || text.charAt(at) != '[') {
      return -1;
    }
    int end = at + 1;
    while (end < text.length() && text.charAt(end) == '=') {
      end++;
    }
    return end < text.length() && text.charAt(end) == '[' ? end - at - 1 : -1;
  }

  private void skipLongBracket(int level) {
    String close = "]" + "=".repeat(level) + "]";
    int end = text.indexOf(close, at);
    int stop = end < 0 ? text.length() : end + close.length();
    for (; at < stop; at++) {
      line += text.charAt(at) == '\n' ? 1 : 0;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static String printable(char c) {
    return c > ' ' && c < 0x7f ? Character.toString(c) : "\\x%02x".formatted((int) c);
  }

  private ConfigurationException bad(String message) {
    return here().bad(message);
  }
}
