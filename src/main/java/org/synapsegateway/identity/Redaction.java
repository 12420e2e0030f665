package org.synapsegateway.identity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes down what came from a client without what in it is, or may be, a secret: in its place
 * stands {@code #} with eight hexadecimal digits of a keyed hash, so that one device can be
 * followed and nobody can find out its token.
 *
 * <p>It does not look for secrets. It knows the arguments of Synapse's endpoints that are none;
 * what stands behind any other name, however it is spelt, is hidden. Confined to one thread.
 */
public final class Redaction {
  /** Arguments that anybody may see; {@code url} and {@code redirectUrl} are not among them. */
  private static final Set<Slice> HARMLESS =
      slices(
          "allow_redirect animated at conn_id contains deactivated device_id dir event event_id"
              + " fallback_keys filter format from full_state generation_id guests height"
              + " include_redundant_members kind known limit locked max_depth membership method"
              + " min_depth minimum_valid_until_ts name not_membership order_by pos"
              + " prev_batch purge recurse room_id room_type room_version server"
              + " server_name set_presence since state_key suggested_only timeout timeout_ms"
              + " to ts tsdir type use_state_after user_id v ver version via width"
              + " org.matrix.msc3266.via org.matrix.msc4222.use_state_after");

  /** Behind these segments of a path stands something that opens a door. */
  private static final Set<Slice> BEFORE_SECRETS = slices("registration_tokens rendezvous");

  /** How tokens of Synapse and of its authentication service begin. */
  private static final String[] TOKENS = {"syt_", "syr_", "mat_", "mct_", "mcr_"};

  private static final String MACAROON = "MDA";
  private static final int SHORTEST_MACAROON = 40;

  private static final String ACCESS_TOKEN = "access_token";
  private static final HexFormat HEX = HexFormat.of();

  private final TokenHash.Keyed hash;

  /**
   * @param key what the hashes depend on; empty for a random one, which is a new one at each start
   */
  public Redaction(String key) {
    hash = key.isEmpty() ? new TokenHash.Keyed() : new TokenHash.Keyed(key);
  }

  private static Set<Slice> slices(String words) {
    return Arrays.stream(words.split(" ", -1)).map(Slice::of).collect(Collectors.toSet());
  }

  /** A secret: its hash; nothing of what is empty. */
  public void secret(StringBuilder out, Slice secret) {
    if (!secret.isEmpty()) {
      out.append('#').append(HEX.toHexDigits((int) (hash.of(secret).high() >>> 32)));
    }
  }

  /**
   * The device that asks: the hash of its token, wherever that stands; nothing if there is none.
   *
   * @param authorization the value of the field; empty if there is none
   */
  public void device(StringBuilder out, Slice authorization, Slice target) {
    if (authorization.isEmpty()) {
      secret(out, QueryArguments.first(target, ACCESS_TOKEN));
    } else {
      int space = authorization.indexOf(' ', 0);
      secret(out, authorization.part(space + 1, authorization.length()));
    }
  }

  /**
   * A request target, or the address of a page: its path, and the arguments of its query.
   *
   * @param out where visible ASCII stands as it is, and no other character can
   */
  public void target(StringBuilder out, Slice target) {
    int query = target.indexOf('?', 0);
    path(out, query < 0 ? target : target.part(0, query));
    if (query >= 0) {
      out.append('?');
      arguments(out, target.part(query + 1, target.length()));
    }
  }

  private void path(StringBuilder out, Slice path) {
    boolean secret = false;
    int start = 0;
    for (int end = 0; end <= path.length(); end++) {
      if (end == path.length() || path.at(end) == '/') {
        Slice segment = path.part(start, end);
        value(out, segment, secret);
        secret = BEFORE_SECRETS.contains(decoded(segment));
        start = end + 1;
        if (end < path.length()) {
          out.append('/');
        }
      }
    }
  }

  private static Slice decoded(Slice segment) {
    return PercentCoding.decodeSegment(segment.array(), segment.start(), segment.end());
  }

  private void arguments(StringBuilder out, Slice query) {
    int start = 0;
    for (int end = 0; end <= query.length(); end++) {
      if (end == query.length() || query.at(end) == '&' || query.at(end) == ';') {
        argument(out, query.part(start, end));
        start = end + 1;
        if (end < query.length()) {
          out.append((char) query.at(end));
        }
      }
    }
  }

  private void argument(StringBuilder out, Slice argument) {
    int equals = argument.indexOf('=', 0);
    Slice name = argument.part(0, Math.max(equals, 0));
    if (equals < 0) {
      // it is all value, or a name without one
      value(out, argument, !isHarmless(argument));
      return;
    }
    text(out, name);
    out.append('=');
    value(out, argument.part(equals + 1, argument.length()), !isHarmless(name));
  }

  private static boolean isHarmless(Slice name) {
    return HARMLESS.contains(name);
  }

  /** A part of a target, hidden if it is a secret or holds what looks like a token. */
  private void value(StringBuilder out, Slice value, boolean secret) {
    if (secret || holdsToken(value)) {
      secret(out, PercentCoding.decodeArgument(value.array(), value.start(), value.end()));
    } else {
      visible(out, value);
    }
  }

  /** Any other text, whole or not at all. */
  public void text(StringBuilder out, Slice text) {
    if (holdsToken(text)) {
      secret(out, text);
    } else {
      visible(out, text);
    }
  }

  private static boolean holdsToken(Slice text) {
    Slice decoded = decoded(text);
    for (int i = decoded.indexOf('_', 0); i >= 0; i = decoded.indexOf('_', i + 1)) {
      for (String token : TOKENS) {
        int start = i + 1 - token.length();
        if (start >= 0 && decoded.part(start, decoded.length()).startsWith(token)) {
          return true;
        }
      }
    }
    return decoded.startsWith(MACAROON) && decoded.length() > SHORTEST_MACAROON;
  }

  /** What is no visible ASCII, or would end a quotation, as JSON writes it. */
  private static void visible(StringBuilder out, Slice text) {
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      byte b = text.at(i);
      if (b < ' ' || b == 0x7f || b == '"' || b == '\\') {
        ascii(out, text.part(from, i)).append("\\u00").append(HEX.toHexDigits(b));
        from = i + 1;
      }
    }
    ascii(out, text.part(from, text.length()));
  }

  private static StringBuilder ascii(StringBuilder out, Slice text) {
    return out.append(
        new String(text.array(), text.start(), text.length(), StandardCharsets.US_ASCII));
  }
}
