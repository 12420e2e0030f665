// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exporter;

import java.util.Locale;

/** What nginx hashes in place of a key of the routes. */
final class HashKeys {
  /** The maps that make the variables. */
  static final String MAPS =
      """
        # the base64 localpart of a syt_ token, in the header or else in the query
        map $http_authorization $key_user {
          default $http_authorization;
          "~Bearer syt_(?<header_user>.*?)_.*" $header_user;
          "" $key_query_user;
        }
        map $arg_access_token $key_query_user {
          default $arg_access_token;
          "~syt_(?<query_user>.*?)_.*" $query_user;
        }
        map $request_uri $key_room {
          default $key_user;
          "~^[^?]*/(?<room>(?:!|%21|%23)[^/?]*)" $room;
        }
        map $request_uri $key_media {
          default $key_user;
          "~^[^?]*/(?:download|thumbnail)/(?<media>[^/?]+/[^/?]+)" $media;
        }
        map $http_authorization $key_origin {
          default $remote_addr;
          "~*^X-Matrix .*origin=\\"?(?<origin>[^\\",]+)" $origin;
        }
      """;

  private HashKeys() {}

  /**
   * The variable of a key, as {@code user} or {@code field:Authorization}; the user's for others.
   */
  static String variable(String key) {
    if (key.startsWith("field:")) {
      return "$http_" + key.substring("field:".length()).toLowerCase(Locale.ROOT).replace('-', '_');
    }
    return switch (key) {
      case "room" -> "$key_room";
      case "media" -> "$key_media";
      case "origin" -> "$key_origin";
      case "client-address" -> "$remote_addr";
      case "path" -> "$uri";
      case "target" -> "$request_uri";
      default -> "$key_user";
    };
  }

  /** Whether nginx's value is the key of the routes for all users of Synapse's own tokens. */
  static boolean isSame(String key) {
    return key.equals("user") || key.equals("target") || key.startsWith("field:");
  }
}
