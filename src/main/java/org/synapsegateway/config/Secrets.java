// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.synapsegateway.http.Field;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.AccessToken;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.loadbalance.HashRing;

/**
 * Hides secrets: of a request, the values of Authorization and the tokens of the query; of an
 * error, what looks like a password or a token.
 *
 * <p>Immutable.
 */
public final class Secrets {
  /** What stands in place of a secret. */
  public static final String HIDDEN = "(hidden)";

  /** Shorter values occur in many unrelated texts. */
  private static final int SHORT = 4;

  /** Parts of a name that indicate a secret; tokens in the plural are only counted. */
  private static final String WORD =
      "(?:passw|passphrase|secret|token(?!s\\b)|credential|api-?key|private-?key)";

  private static final Pattern NAME = Pattern.compile("(?i).*" + WORD + ".*");

  /** Such a name followed by its value. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?i)([\\w.-]*" + WORD + "[\\w.-]*(?:\\s*=\\s*|:(?=\\S)))(\"[^\"]*\"|[^\\s&,;)}\\]]+)");

  /** The user and password of a URL, and tokens of Synapse and of its authentication service. */
  private static final Pattern KNOWN_BY_LOOK =
      Pattern.compile("(?<=://)[^/\\s@]+(?=@)|(?<=Bearer )\\S+|\\bsyt_[\\w=-]+|\\bm[ac]t_\\w+");

  private final List<String> texts = new ArrayList<>();

  private Secrets() {}

  public static Secrets of(RequestHead head) {
    Secrets secrets = new Secrets();
    for (int line = head.find(Field.AUTHORIZATION, 0);
        line >= 0;
        line = head.find(Field.AUTHORIZATION, line + 1)) {
      secrets.add(head.value(line));
    }
    secrets.add(AccessToken.of(head).text().text());
    if (head.query() != null) {
      for (String argument : head.query().split("&", -1)) {
        int equals = argument.indexOf('=');
        // names that are written with escapes are rare enough to hide them all
        String name = argument.substring(0, Math.max(equals, 0)).toLowerCase(Locale.ROOT);
        if (name.endsWith("token") || name.contains("secret") || name.contains("%")) {
          secrets.add(argument.substring(equals + 1));
        }
      }
    }
    return secrets;
  }

  /**
   * A text for people, for instance an error, without what in it looks like a secret.
   *
   * @param known what is known to be secret; a value of fewer than four characters is hidden where
   *     it is a whole word, but a number that short, such as a weight or a line, is shown
   */
  static String hide(String text, Collection<String> known) {
    String hidden = text;
    // the longest first, as one may be the beginning of another
    for (String secret :
        known.stream()
            .flatMap(Secrets::forms)
            .sorted(Comparator.comparing(String::length).reversed())
            .toList()) {
      hidden =
          secret.length() < SHORT
              ? hidden.replaceAll("(?<!\\w)" + Pattern.quote(secret) + "(?!\\w)", HIDDEN)
              : hidden.replace(secret, HIDDEN);
    }
    hidden = NAMED.matcher(hidden).replaceAll("$1" + HIDDEN);
    return KNOWN_BY_LOOK.matcher(hidden).replaceAll(HIDDEN);
  }

  /** A secret as it is, and as written in a URI. */
  private static Stream<String> forms(String secret) {
    String bare = secret.strip();
    if (bare.isEmpty() || bare.length() < SHORT && bare.chars().allMatch(Character::isDigit)) {
      return Stream.empty();
    }
    String encoded = URLEncoder.encode(bare, StandardCharsets.UTF_8);
    return Stream.of(bare, encoded, encoded.replace("+", "%20")).distinct();
  }

  /** As {@link #hide(String, Collection)}, for the secrets of this request. */
  public String hide(String text) {
    return hide(String.valueOf(text), texts);
  }

  /** Whether a name is that of a secret. */
  static boolean isNameOfSecret(String name) {
    return NAME.matcher(name).matches();
  }

  private void add(String text) {
    if (!text.isEmpty()) {
      texts.add(text);
    }
  }

  /**
   * A key as it may be shown: as it is, if it is the part of a secret that is public (the user of a
   * {@code syt_} token, the origin of a signature) or none of it; else eight digits of its hash.
   */
  public String shown(Slice key) {
    String text = key.text();
    return texts.stream().anyMatch(secret -> reveals(text, secret))
        ? "#%08x, its hash, because it is a secret"
            .formatted(HashRing.hash(key.array(), key.start(), key.end()))
        : text;
  }

  private static boolean reveals(String key, String secret) {
    return key.contains(secret) || secret.contains(key) && !isPublicPart(key, secret);
  }

  private static boolean isPublicPart(String key, String secret) {
    return secret.contains("syt_" + key + "_") || secret.startsWith("X-Matrix ");
  }
}
