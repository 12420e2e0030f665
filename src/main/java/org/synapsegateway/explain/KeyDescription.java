// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.AccessToken;
import org.synapsegateway.identity.MasqueradedUser;
import org.synapsegateway.identity.MediaKey;
import org.synapsegateway.identity.OriginKey;
import org.synapsegateway.identity.RoomKey;

/** Describes a request's key and its source, for people. */
final class KeyDescription {
  private KeyDescription() {}

  /**
   * @param by what the group goes by, as its bean says
   * @param head a request that has such a key
   */
  static String of(String by, RequestHead head) {
    return switch (by.trim()) {
      case "room" -> RoomKey.find(head).isEmpty() ? user(head) : "the room in the path";
      case "media" -> MediaKey.find(head).isEmpty() ? user(head) : "the file in the path";
      case "origin" ->
          OriginKey.find(head).isEmpty()
              ? "the client's address, as no server has signed it"
              : "the server that has signed it";
      case "client-address" -> "the client's address";
      case "path" -> "the path";
      case "target" -> "the path and the query";
      case "user" -> user(head);
      default -> "what the expression gives";
    };
  }

  private static String user(RequestHead head) {
    return switch (AccessToken.of(head).kind()) {
      case SYT -> "the localpart in a syt_ token";
      case MAS -> "for a token of Matrix Authentication Service";
      case GUEST -> "for a guest's token";
      case OPAQUE ->
          MasqueradedUser.key(head).isEmpty()
              ? "for an opaque token"
              : "the user_id that an application service acts for";
      case NONE -> "no token";
    };
  }
}
