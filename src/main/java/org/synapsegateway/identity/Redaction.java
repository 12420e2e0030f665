// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Masks the secrets in what a client sent. A secret is replaced by {@code #} and eight hexadecimal
 * digits of a keyed hash, so that the requests of one device can be found, but not its token.
 *
 * <p>It does not look for secrets. It shows the words of Synapse's {@link Vocabulary} and public
 * identifiers, which it knows by their form ({@link Shapes}). All else is hidden.
 * docs/reference/access-log.md lists what is shown, with the reasons. Time and memory are linear in
 * the text. Confined to one thread.
 */
public final class Redaction {
  /** The segment of a path after one of these is a secret. */
  private static final Set<Slice> BEFORE_SECRETS =
      slices("registration_tokens rendezvous delayed_events m.login.registration_token");

  /** The path segment after one of these is the name of a server. */
  private static final Set<Slice> BEFORE_SERVERS =
      slices("download thumbnail destinations query media quarantine");

  private static final Set<Slice> SERVER_ARGUMENTS =
      slices("via server server_name origin destination org.matrix.msc3266.via");

  private static final Set<Slice> METHODS =
      slices("GET HEAD POST PUT DELETE OPTIONS PATCH CONNECT TRACE");

  /** Synapse does not find what is encoded more often. */
  private static final int MAX_DECODINGS = 4;

  private static final String[] SCHEMES = {"https://", "http://"};
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
   * The device that sent the request: the hash of its token, from the header or the query; nothing
   * if there is no token.
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

  /** A request's method, if it is one that HTTP knows. */
  public void method(StringBuilder out, Slice method) {
    show(out, method, METHODS.contains(method));
  }

  /**
   * A request target: its path, and the arguments of its query.
   *
   * @param out takes visible ASCII only
   */
  public void target(StringBuilder out, Slice target) {
    url(out, target, false);
  }

  /** The address of the page that a client comes from: of its query only the names. */
  public void page(StringBuilder out, Slice page) {
    int fragment = page.indexOf('#', 0);
    url(out, fragment < 0 ? page : page.part(0, fragment), true);
    if (fragment >= 0) {
      secret(out, page.part(fragment, page.length()));
    }
  }

  private void url(StringBuilder out, Slice url, boolean valuesHidden) {
    int query = url.indexOf('?', 0);
    int pathEnd = query < 0 ? url.length() : query;
    path(out, url.part(origin(out, url.part(0, pathEnd)), pathEnd));
    if (query >= 0) {
      out.append('?');
      arguments(out, url.part(query + 1, url.length()), valuesHidden);
    }
  }

  /** Writes scheme and authority, without the user's name and password; returns where they end. */
  private int origin(StringBuilder out, Slice url) {
    for (String scheme : SCHEMES) {
      if (url.startsWith(scheme)) {
        int slash = url.indexOf('/', scheme.length());
        int end = slash < 0 ? url.length() : slash;
        out.append(scheme);
        authority(out, url.part(scheme.length(), end));
        return end;
      }
    }
    return 0;
  }

  private void authority(StringBuilder out, Slice authority) {
    int host = 0;
    for (int at = authority.indexOf('@', 0); at >= 0; at = authority.indexOf('@', host)) {
      host = at + 1;
    }
    if (host > 0) {
      secret(out, authority.part(0, host - 1));
      out.append('@');
    }
    Slice name = authority.part(host, authority.length());
    show(out, name, Shapes.isHost(name, 0));
  }

  private void path(StringBuilder out, Slice path) {
    Slice before = Slice.EMPTY;
    int start = 0;
    for (int end = 0; end <= path.length(); end++) {
      if (end == path.length() || path.at(end) == '/') {
        Slice segment = path.part(start, end);
        if (!segment.isEmpty()) {
          Slice decoded = decoded(segment);
          show(out, segment, isPublicSegment(decoded, before));
          before = deeplyDecoded(decoded);
        }
        start = end + 1;
        if (end < path.length()) {
          out.append('/');
        }
      }
    }
  }

  private static boolean isPublicSegment(Slice segment, Slice before) {
    return !BEFORE_SECRETS.contains(before)
        && (Vocabulary.isWord(segment)
            || Shapes.isPublic(segment)
            || (BEFORE_SERVERS.contains(before) && Shapes.isServer(segment)));
  }

  private void arguments(StringBuilder out, Slice query, boolean valuesHidden) {
    int start = 0;
    for (int end = 0; end <= query.length(); end++) {
      if (end == query.length() || query.at(end) == '&' || query.at(end) == ';') {
        argument(out, query.part(start, end), valuesHidden);
        start = end + 1;
        if (end < query.length()) {
          out.append((char) query.at(end));
        }
      }
    }
  }

  private void argument(StringBuilder out, Slice argument, boolean valueHidden) {
    int equals = argument.indexOf('=', 0);
    Slice raw = equals < 0 ? argument : argument.part(0, equals);
    Slice name = name(raw);
    show(out, raw, Vocabulary.isName(name));
    if (equals >= 0) {
      out.append('=');
      Slice value = argument.part(equals + 1, argument.length());
      show(out, value, !valueHidden && isPublicValue(name, value));
    }
  }

  private static boolean isPublicValue(Slice name, Slice raw) {
    if (!Vocabulary.isHarmless(name)) {
      return false;
    }
    Slice value = PercentCoding.decodeArgument(raw.array(), raw.start(), raw.end());
    return Vocabulary.isWord(value)
        || Shapes.isPublic(value)
        || Shapes.isPosition(value)
        || (SERVER_ARGUMENTS.contains(name) && Shapes.isServer(value));
  }

  private static Slice decoded(Slice segment) {
    return PercentCoding.decodeSegment(segment.array(), segment.start(), segment.end());
  }

  private static Slice deeplyDecoded(Slice raw) {
    Slice text = raw;
    for (int i = 0; i < MAX_DECODINGS && text.indexOf('%', 0) >= 0; i++) {
      text = PercentCoding.decodeArgument(text.array(), text.start(), text.end());
    }
    return text;
  }

  /** The name of an argument, in lower case and decoded. */
  private static Slice name(Slice raw) {
    Slice name = deeplyDecoded(raw);
    return Vocabulary.isName(name) ? name : lowerCase(name);
  }

  private static Slice lowerCase(Slice text) {
    byte[] lower = text.toArray();
    for (int i = 0; i < lower.length; i++) {
      if (lower[i] >= 'A' && lower[i] <= 'Z') {
        lower[i] = (byte) (lower[i] | ' ');
      }
    }
    return Slice.of(lower);
  }

  private void show(StringBuilder out, Slice text, boolean isPublic) {
    if (isPublic) {
      visible(out, text);
    } else {
      secret(out, PercentCoding.decodeArgument(text.array(), text.start(), text.end()));
    }
  }

  /** Words of a program about itself: whole, or not at all if a secret may be among them. */
  public void text(StringBuilder out, Slice text) {
    Slice decoded = deeplyDecoded(text);
    boolean hidden = Shapes.holdsToken(decoded) || Shapes.holdsOpaque(decoded);
    if (hidden) {
      secret(out, text);
    } else {
      visible(out, text);
    }
  }

  /** What the gateway or a trusted proxy has made, such as an id, unless it is a token. */
  public void own(StringBuilder out, Slice text) {
    if (Shapes.holdsToken(text)) {
      secret(out, text);
    } else {
      visible(out, text);
    }
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
