package org.synapsegateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.synapsegateway.http.Field;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.AccessToken;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.loadbalance.HashRing;

/**
 * What of a request nobody may see: the values of Authorization and the tokens of the query.
 *
 * <p>Immutable.
 */
final class Secrets {
  private final List<String> texts = new ArrayList<>();

  private Secrets() {}

  static Secrets of(RequestHead head) {
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

  private void add(String text) {
    if (!text.isEmpty()) {
      texts.add(text);
    }
  }

  /**
   * A key as it may be shown: as it is, if it is the part of a secret that is public (the user of a
   * {@code syt_} token, the origin of a signature) or none of it; else eight digits of its hash.
   */
  String shown(Slice key) {
    String text = key.text();
    return texts.stream().anyMatch(secret -> tells(text, secret))
        ? "#%08x, its hash, because it is a secret"
            .formatted(HashRing.hash(key.array(), key.start(), key.end()))
        : text;
  }

  private static boolean tells(String key, String secret) {
    return key.contains(secret) || secret.contains(key) && !isPublicPart(key, secret);
  }

  private static boolean isPublicPart(String key, String secret) {
    return secret.contains("syt_" + key + "_") || secret.startsWith("X-Matrix ");
  }
}
