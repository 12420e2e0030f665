package org.synapsegateway.identity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes down what came from a client without what in it is, or may be, a secret: in its place
 * stands {@code #} with eight hexadecimal digits of a keyed hash, so that one device can be
 * followed and nobody can find out its token.
 *
 * <p>It shows what it knows and hides all else. It knows the path segments and query names of
 * Synapse's servlets ({@link KnownNames}), the values of harmless arguments, and what has the form
 * of a Matrix identifier. Confined to one thread.
 */
public final class Redaction {
  /** Arguments whose values anybody may see, if they have the form of one. */
  private static final Set<String> HARMLESS =
      Set.copyOf(
          Arrays.asList(
              ("allow_redirect animated at conn_id contains deactivated dir event event_id"
                      + " fallback_keys filter format from full_state generation_id guests height"
                      + " include_redundant_members kind known limit locked max_depth membership"
                      + " method min_depth minimum_valid_until_ts name not_membership order_by pos"
                      + " prev_batch purge recurse room_id room_type room_version server"
                      + " server_name set_presence since state_key suggested_only timeout"
                      + " timeout_ms to ts tsdir type use_state_after user_id v ver version via"
                      + " width org.matrix.msc3266.via org.matrix.msc4222.use_state_after")
                  .split(" ", -1)));

  /** Behind these segments of a path stands something that opens a door. */
  private static final Set<String> BEFORE_SECRETS =
      Set.of("registration_tokens", "rendezvous", "delayed_events");

  private static final String ACCESS_TOKEN = "access_token";

  /** A host, with or without its port. */
  private static final String HOST =
      "(?:[A-Za-z0-9.-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?";

  /** Users, rooms and aliases; rooms and events of later versions are a hash. */
  private static final Pattern IDENTIFIER =
      Pattern.compile(
          "[@!#+$][^\\p{Cntrl}:?&/\"\\\\]{1,255}:"
              + HOST
              + "|[$!][A-Za-z0-9_+/-]{43}|m\\.[a-z][a-z_.]{0,60}");

  /** Places in a stream, numbers, and plain words such as {@code true} and {@code scale}. */
  private static final Pattern HARMLESS_VALUE =
      Pattern.compile("[a-z]{0,2}[0-9][0-9_~.*,-]{0,300}|-?\\d{1,20}|[a-z_.-]{1,32}|");

  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,10}");
  private static final Pattern PAGE =
      Pattern.compile("(?i)(https?://)([^/?#]*)(.*)", Pattern.DOTALL);
  private static final Pattern USER_BEFORE = Pattern.compile("[^/]@");
  private static final Pattern HOST_ALONE = Pattern.compile(HOST);

  /** What tokens of Synapse, of its authentication service and of others look like. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<![A-Za-z])(?:syt|syr|syl|sys|mat|mct|mcr|mar|mcs)_[A-Za-z0-9]"
              + "|MDA[A-Za-z0-9_+/=-]{20}|eyJ[A-Za-z0-9_-]{10}|(?i:access_?token)");

  /** A word of a program's name; one that is long and of letters and digits may be a token. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_+=.~%-]+");

  private static final int LONGEST_WORD = 19;
  private static final int MOST_ENCODINGS = 5;
  private static final HexFormat HEX = HexFormat.of();

  private final KnownNames known = new KnownNames();
  private final TokenHash.Keyed hash;

  /**
   * @param key what the hashes depend on; empty for a random one, which is a new one at each start
   */
  public Redaction(String key) {
    hash = key.isEmpty() ? new TokenHash.Keyed() : new TokenHash.Keyed(key);
  }

  /** A secret: its hash; nothing of what is empty. */
  public void secret(StringBuilder out, Slice secret) {
    if (!secret.isEmpty()) {
      out.append('#').append(HEX.toHexDigits((int) (hash.of(secret).high() >>> 32)));
    }
  }

  private void secret(StringBuilder out, String raw) {
    byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
    secret(out, PercentCoding.decodeArgument(bytes, 0, bytes.length));
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

  /** A method, if it is made as methods are. */
  public void method(StringBuilder out, Slice method) {
    String text = latin(method);
    if (text.isEmpty()) {
      out.append('-');
    } else if (METHOD.matcher(text).matches()) {
      out.append(text);
    } else {
      secret(out, text);
    }
  }

  /**
   * A request target: its path, and the arguments of its query.
   *
   * @param out where visible ASCII stands as it is, and no other character can
   */
  public void target(StringBuilder out, Slice target) {
    String text = latin(target);
    Matcher absolute = PAGE.matcher(text);
    if (absolute.matches()) {
      out.append(absolute.group(1));
      host(out, absolute.group(2), absolute.group(3));
      text = absolute.group(3);
    } else if (!text.startsWith("/")) {
      value(out, text, text.equals("*") || text.equals("-"));
      return;
    }
    int query = text.indexOf('?');
    path(out, query < 0 ? text : text.substring(0, query));
    if (query >= 0) {
      out.append('?');
      arguments(out, text.substring(query + 1));
    }
  }

  /** The address of a page that led here: who serves it, and what of its path is Synapse's. */
  public void page(StringBuilder out, Slice address) {
    String text = latin(address);
    Matcher page = PAGE.matcher(text);
    if (!page.matches()) {
      value(out, text, text.equals("-"));
      return;
    }
    out.append(page.group(1));
    String authority = page.group(2);
    host(out, authority.substring(authority.lastIndexOf('@') + 1), page.group(3));
    path(out, page.group(3).replaceFirst("(?s)[?#].*", ""));
  }

  /** A password may hold a slash, and then what looks like the host is a part of it. */
  private void host(StringBuilder out, String host, String behind) {
    value(out, host, HOST_ALONE.matcher(host).matches() && !USER_BEFORE.matcher(behind).find());
  }

  private void path(StringBuilder out, String path) {
    boolean secret = false;
    int start = 0;
    for (int end = 0; end <= path.length(); end++) {
      if (end == path.length() || path.charAt(end) == '/') {
        String segment = path.substring(start, end);
        String plain = decoded(segment);
        value(out, segment, !secret && (known.hasSegment(plain) || isIdentifier(plain)));
        secret = BEFORE_SECRETS.contains(plain) || secret && plain.isEmpty();
        start = end + 1;
        if (end < path.length()) {
          out.append('/');
        }
      }
    }
  }

  private void arguments(StringBuilder out, String query) {
    int start = 0;
    for (int end = 0; end <= query.length(); end++) {
      if (end == query.length() || query.charAt(end) == '&' || query.charAt(end) == ';') {
        String argument = query.substring(start, end);
        if (namesATokenElsewhere(argument)) {
          secret(out, query.substring(start)); // and whatever comes behind it
          return;
        }
        argument(out, argument);
        start = end + 1;
        if (end < query.length()) {
          out.append(query.charAt(end));
        }
      }
    }
  }

  /** Whether the word {@code access_token} stands in an argument, but not as its name. */
  private static boolean namesATokenElsewhere(String argument) {
    int equals = argument.indexOf('=');
    String value = decoded(equals < 0 ? argument : argument.substring(equals + 1));
    return value.toLowerCase(Locale.ROOT).contains(ACCESS_TOKEN);
  }

  private void argument(StringBuilder out, String argument) {
    int equals = argument.indexOf('=');
    if (equals < 0) {
      value(out, argument, known.hasArgument(decoded(argument)));
      return;
    }
    String name = argument.substring(0, equals);
    String value = argument.substring(equals + 1);
    value(out, name, known.hasArgument(decoded(name)));
    out.append('=');
    value(out, value, HARMLESS.contains(name) && isHarmless(decoded(value)));
  }

  private static boolean isHarmless(String value) {
    return HARMLESS_VALUE.matcher(value).matches()
        || isIdentifier(value)
        || HOST_ALONE.matcher(value).matches() && value.indexOf('.') > 0 && !isLongWord(value);
  }

  private static boolean isIdentifier(String text) {
    return IDENTIFIER.matcher(text).matches();
  }

  /** A part of a target, hidden unless it may be shown and holds nothing like a token. */
  private void value(StringBuilder out, String raw, boolean shown) {
    if (shown && !TOKEN.matcher(decoded(raw)).find() || isName(raw, shown)) {
      visible(out, raw);
    } else {
      secret(out, raw);
    }
  }

  /** The name of the argument is no token itself. */
  private static boolean isName(String raw, boolean shown) {
    return shown && decoded(raw).equalsIgnoreCase(ACCESS_TOKEN);
  }

  /** Any other text; of its words those are hidden that may be tokens. */
  public void text(StringBuilder out, Slice text) {
    String latin = latin(text);
    if (decoded(latin).toLowerCase(Locale.ROOT).contains(ACCESS_TOKEN)) {
      secret(out, latin);
      return;
    }
    Matcher words = WORD.matcher(latin);
    int end = 0;
    boolean afterScheme = false;
    while (words.find()) {
      String word = words.group();
      visible(out, latin.substring(end, words.start()));
      if (afterScheme || TOKEN.matcher(decoded(word)).find() || isLongWord(word)) {
        secret(out, word);
      } else {
        visible(out, word);
      }
      afterScheme = word.equalsIgnoreCase("Bearer") || word.equalsIgnoreCase("Basic");
      end = words.end();
    }
    visible(out, latin.substring(end));
  }

  /** Whether a part of a word between dots is long, and of letters and digits. */
  private static boolean isLongWord(String word) {
    for (String part : word.split("\\.", -1)) {
      if (part.length() > LONGEST_WORD
          && part.chars().anyMatch(c -> c >= '0' && c <= '9')
          && part.chars().anyMatch(Character::isLetter)) {
        return true;
      }
    }
    return false;
  }

  private static String latin(Slice text) {
    return new String(text.array(), text.start(), text.length(), StandardCharsets.ISO_8859_1);
  }

  /** Percent-decoded until nothing changes any more, as long as that is not too often. */
  private static String decoded(String text) {
    String plain = text;
    for (int i = 0; i < MOST_ENCODINGS && plain.indexOf('%') >= 0; i++) {
      byte[] bytes = plain.getBytes(StandardCharsets.ISO_8859_1);
      String next = latin(PercentCoding.decodeSegment(bytes, 0, bytes.length));
      if (next.equals(plain)) {
        break;
      }
      plain = next;
    }
    return plain;
  }

  /** What is no visible ASCII, or would end a quotation, as JSON writes it. */
  private static void visible(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
        out.append("\\u00").append(HEX.toHexDigits((byte) c));
      } else {
        out.append(c);
      }
    }
  }
}
