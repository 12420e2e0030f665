// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

/**
 * The forms of identifiers and of secrets.
 *
 * <p>A public identifier is known by its form alone: Matrix gives users, rooms, aliases and events
 * a sigil (Matrix specification, appendix "Identifier Grammar"). Each test reads the text once.
 * Safe for any thread.
 */
final class Shapes {
  private static final int MAX_NUMBER = 19;
  private static final int MAX_IDENTIFIER = 255;
  private static final int MAX_PORT = 5;
  private static final int MAX_POSITION = 512;

  /** What has so few letters is no secret. */
  private static final int SHORTEST_SECRET = 3;

  /** An event id since room version 3, and a room id since 12, is a hash in base64. */
  private static final int HASH = 43;

  /** How tokens of Synapse and of its authentication service begin, in lower case. */
  private static final String[] TOKENS = {
    "syt_", "syl_", "syr_", "mat_", "mar_", "mct_", "mcr_", "mpt_"
  };

  /** The words before a secret, in lower case. */
  private static final String[] BEFORE_SECRETS = {"access_token", "bearer ", "basic "};

  /** A JSON Web Token begins with an object in base64, a macaroon with the length of a packet. */
  private static final String[] ENCODED = {"eyJ", "MDA"};

  private static final int SHORTEST_ENCODED = 16;

  /** A run of letters and digits of this length is neither a word nor the version of a program. */
  private static final int SHORTEST_OPAQUE = 20;

  private Shapes() {}

  // ---- identifiers

  /**
   * Whether a decoded text is one that anybody may see: of a user, room, alias or event, a type.
   */
  static boolean isPublic(Slice text) {
    int length = text.length();
    if (length < SHORTEST_SECRET) {
      return consistsOf(text, 0, length, "-._~*");
    }
    if (length > MAX_IDENTIFIER || holdsToken(text)) {
      return false;
    }
    return switch (text.at(0)) {
      case '@' -> isQualified(text, "._=-/+");
      case '#' -> isAlias(text);
      case '!', '$' -> isHash(text) || isQualified(text, "._=-/+~");
      default -> isNumber(text) || isType(text);
    };
  }

  /** Whether it is a place in a stream (synapse/types, StreamToken and its parts) or a number. */
  static boolean isPosition(Slice text) {
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      byte b = text.at(i);
      digit |= isDigit(b);
      if (!isDigit(b) && "stm_~.-/".indexOf(b) < 0) {
        return false;
      }
    }
    return digit && text.length() <= MAX_POSITION;
  }

  /** Whether it is the name of a server with a dot in it, maybe with a port. */
  static boolean isServer(Slice text) {
    return text.indexOf('.', 0) > 0 && isHost(text, 0);
  }

  /** Whether it is a name or an address that a URL may hold, from an index on. */
  static boolean isHost(Slice text, int from) {
    return from < text.length()
        && text.length() <= MAX_IDENTIFIER
        && consistsOf(text, from, text.length(), ".-:[]")
        && isShort(text, lastColon(text, from) + 1)
        && !holdsToken(text);
  }

  /** Where the last colon is, which a port follows or, without brackets, the end of an address. */
  private static int lastColon(Slice text, int from) {
    int colon = -1;
    for (int i = text.indexOf(':', from); i >= 0; i = text.indexOf(':', i + 1)) {
      colon = i;
    }
    return colon;
  }

  /** Whether what follows a colon is no longer than a port; a password may stand there too. */
  private static boolean isShort(Slice text, int from) {
    return from == 0 || text.at(text.length() - 1) == ']' || text.length() - from <= MAX_PORT;
  }

  private static boolean isQualified(Slice text, String besides) {
    int colon = text.indexOf(':', 0);
    return colon > 1 && consistsOf(text, 1, colon, besides) && isHost(text, colon + 1);
  }

  /** The name of a room, in any letters. */
  private static boolean isAlias(Slice text) {
    int colon = text.indexOf(':', 0);
    return colon > 1 && isNoControl(text, colon) && isHost(text, colon + 1);
  }

  private static boolean isNoControl(Slice text, int to) {
    for (int i = 1; i < to; i++) {
      byte b = text.at(i);
      if (b >= 0 && b <= ' ' || "/?&=;\"\\".indexOf(b) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHash(Slice text) {
    return text.length() == HASH + 1 && consistsOf(text, 1, HASH + 1, "-_+/");
  }

  private static boolean isNumber(Slice text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.at(i))) {
        return false;
      }
    }
    return text.length() <= MAX_NUMBER;
  }

  /** Whether it is a type of events, data or rules that the specification or a proposal names. */
  private static boolean isType(Slice text) {
    if (!text.startsWith("m.") && !text.startsWith(".m.") && !text.startsWith("org.matrix.")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      byte b = text.at(i);
      if (!isDigit(b) && !(b >= 'a' && b <= 'z') && b != '.' && b != '_') {
        return false;
      }
    }
    return true;
  }

  private static boolean consistsOf(Slice text, int from, int to, String besides) {
    for (int i = from; i < to; i++) {
      if (!isAlphanumeric(text.at(i)) && besides.indexOf(text.at(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  // ---- secrets

  /** Whether a decoded text has a secret of a known form, or the words that come before one. */
  static boolean holdsToken(Slice text) {
    for (int i = 0; i < text.length(); i++) {
      switch (text.at(i) | ' ') {
        case 's', 'm', 'a', 'b', 'e' -> {
          if (isTokenAt(text, i)) {
            return true;
          }
        }
        default -> {
          // no secret begins so
        }
      }
    }
    return false;
  }

  private static boolean isTokenAt(Slice text, int at) {
    return beginsWithOne(text, at, TOKENS)
        || beginsWithOne(text, at, BEFORE_SECRETS)
        || isEncoded(text, at);
  }

  private static boolean beginsWithOne(Slice text, int at, String[] beginnings) {
    for (String beginning : beginnings) {
      if (hasAt(text, at, beginning)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasAt(Slice text, int at, String lower) {
    if (text.length() - at < lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (plain(text.at(at + i)) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The text in lower case, without the characters that encode a space in queries. */
  private static int plain(byte b) {
    return b == '+' ? ' ' : b >= 'A' && b <= 'Z' ? b | ' ' : b;
  }

  private static boolean isEncoded(Slice text, int at) {
    for (String beginning : ENCODED) {
      if (text.part(at, text.length()).startsWith(beginning)) {
        int end = at;
        while (end < text.length() && isBase64(text.at(end))) {
          end++;
        }
        return end - at >= SHORTEST_ENCODED;
      }
    }
    return false;
  }

  private static boolean isBase64(byte b) {
    return isAlphanumeric(b) || b == '-' || b == '_' || b == '+' || b == '/';
  }

  /** Whether a decoded text holds a long word of letters and digits, as a secret made by chance. */
  static boolean holdsOpaque(Slice text) {
    int letters = 0;
    int digits = 0;
    for (int i = 0; i < text.length(); i++) {
      byte b = text.at(i);
      if (isAlphanumeric(b) || b == '_') {
        letters += isDigit(b) ? 0 : 1;
        digits += isDigit(b) ? 1 : 0;
        if (digits > 0 && letters > 0 && letters + digits >= SHORTEST_OPAQUE) {
          return true;
        }
      } else {
        letters = 0;
        digits = 0;
      }
    }
    return false;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isAlphanumeric(byte b) {
    return isDigit(b) || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z';
  }
}
