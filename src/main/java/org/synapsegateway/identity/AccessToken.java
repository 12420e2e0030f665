// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import org.synapsegateway.http.Field;
import org.synapsegateway.http.RequestHead;

/**
 * The access token of a request, found where Synapse looks for it (synapse/api/auth/base.py).
 *
 * <p>That is the one Authorization field, which is {@code Bearer}, one space and the token, in
 * exactly this spelling; or, if there is no such field, the first {@code access_token} argument,
 * decoded. Where Synapse would refuse a request for having both, the field counts: the reply is the
 * same from any worker. A token is visible ASCII, so that it can be written into a field again;
 * what is not is no token. Valid as long as the request's head.
 */
public final class AccessToken {
  private static final AccessToken ABSENT = new AccessToken(Kind.NONE, Slice.EMPTY);
  private static final String BEARER = "Bearer ";

  /** The maker of a token, as far as its form shows. */
  public enum Kind {
    /** There is none. */
    NONE(KeyKind.NONE),
    /** Synapse's own, which names its user: {@code syt_<base64 localpart>_<random>_<crc>}. */
    SYT(KeyKind.SYT),
    /**
     * The Matrix Authentication Service's: {@code mat_...}, {@code mct_...} from its login, or
     * {@code mpt_...} that a person has made.
     */
    MAS(KeyKind.MAS),
    /** A guest's macaroon, whose first packet begins with a length below 0x100, in base64. */
    GUEST(KeyKind.GUEST),
    /** Any other, for instance an application service's, which its admin chose. */
    OPAQUE(KeyKind.OPAQUE);

    private final KeyKind key;

    Kind(KeyKind key) {
      this.key = key;
    }

    /** The kind of key that such a token makes. */
    public KeyKind key() {
      return key;
    }
  }

  private final Kind kind;
  private final Slice text;

  private AccessToken(Kind kind, Slice text) {
    this.kind = kind;
    this.text = text;
  }

  /** The token of a request. */
  public static AccessToken of(RequestHead head) {
    int line = head.find(Field.AUTHORIZATION, 0);
    Slice text = line < 0 ? QueryArguments.first(head, "access_token") : fromField(head, line);
    return isVisible(text) ? new AccessToken(kindOf(text), text) : ABSENT;
  }

  public Kind kind() {
    return kind;
  }

  /** The token itself: a secret. */
  public Slice text() {
    return text;
  }

  private static Slice fromField(RequestHead head, int line) {
    Slice value = Slice.of(head.bytes(), head.valueStart(line), head.valueEnd(line));
    boolean only = head.find(Field.AUTHORIZATION, line + 1) < 0;
    return only && value.startsWith(BEARER)
        ? value.part(BEARER.length(), value.length())
        : Slice.EMPTY;
  }

  private static boolean isVisible(Slice text) {
    for (int i = 0; i < text.length(); i++) {
      byte b = text.at(i);
      if (b <= ' ' || b == 0x7f) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static Kind kindOf(Slice text) {
    if (!SytToken.localpart(text).isEmpty()) {
      return Kind.SYT;
    }
    if (text.startsWith("mat_") || text.startsWith("mct_") || text.startsWith("mpt_")) {
      return Kind.MAS;
    }
    return text.startsWith("MDA") ? Kind.GUEST : Kind.OPAQUE;
  }

  @Override
  public String toString() {
    return kind + " token";
  }
}
