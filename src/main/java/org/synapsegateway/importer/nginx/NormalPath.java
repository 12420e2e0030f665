// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import org.jspecify.annotations.Nullable;

/**
 * A raw request target as nginx's ngx_http_parse_complex_uri reads it: the path percent-decoded,
 * with its dot-segments resolved and slashes in a row merged, and the query as it came.
 *
 * @param query without the question mark; null if there is none
 */
record NormalPath(String path, @Nullable String query) {
  private enum State {
    USUAL,
    SLASH,
    DOT,
    DOT_DOT
  }

  /** Reads a target; returns null if nginx refuses it with 400. */
  static @Nullable NormalPath of(String target, boolean mergesSlashes) {
    if (!target.startsWith("/")) {
      return null;
    }
    return new Reader(target, mergesSlashes).read();
  }

  /** Confined to one thread. */
  private static final class Reader {
    private final String target;
    private final boolean mergesSlashes;
    private final StringBuilder path = new StringBuilder();
    private State state = State.USUAL;
    private int at;

    private Reader(String target, boolean mergesSlashes) {
      this.target = target;
      this.mergesSlashes = mergesSlashes;
    }

    private @Nullable NormalPath read() {
      for (; at < target.length(); at++) {
        char c = target.charAt(at);
        boolean literal = false;
        if (c == '%') {
          int decoded = decoded();
          if (decoded <= 0) {
            return null;
          }
          c = (char) decoded;
          at += 2;
          literal = c == '%' || c == '#' || c == '?';
        }
        if (literal) {
          path.append(c);
          state = State.USUAL;
        } else if (c == '?' || c == '#') {
          return end(c == '?' ? query(at + 1) : null);
        } else if (!step(c)) {
          return null;
        }
      }
      return end(null);
    }

    private int decoded() {
      if (at + 2 >= target.length()) {
        return -1;
      }
      int high = Character.digit(target.charAt(at + 1), 16);
      int low = Character.digit(target.charAt(at + 2), 16);
      return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private String query(int from) {
      int end = target.indexOf('#', from);
      return target.substring(from, end < 0 ? target.length() : end);
    }

    private boolean step(char c) {
      if (c == '/') {
        return slash();
      }
      boolean dot = c == '.';
      state =
          switch (state) {
            case SLASH -> dot ? State.DOT : State.USUAL;
            case DOT -> dot ? State.DOT_DOT : State.USUAL;
            case USUAL, DOT_DOT -> State.USUAL;
          };
      path.append(c);
      return true;
    }

    private boolean slash() {
      switch (state) {
        case USUAL -> path.append('/');
        case SLASH -> {
          if (!mergesSlashes) {
            path.append('/');
          }
        }
        case DOT -> path.setLength(path.length() - 1);
        case DOT_DOT -> {
          return up();
        }
      }
      state = State.SLASH;
      return true;
    }

    /** Takes back the two dots, and the segment before them. */
    private boolean up() {
      int before = path.lastIndexOf("/", path.length() - 4);
      if (path.length() < 4 || before < 0) {
        return false;
      }
      path.setLength(before + 1);
      state = State.SLASH;
      return true;
    }

    private @Nullable NormalPath end(@Nullable String query) {
      if (state == State.DOT) {
        path.setLength(path.length() - 1);
      } else if (state == State.DOT_DOT && !up()) {
        return null;
      }
      return new NormalPath(path.toString(), query);
    }
  }
}
