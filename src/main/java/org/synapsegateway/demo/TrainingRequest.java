// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.demo;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request of a {@link Training}, whatever version of HTTP carries it.
 *
 * @param fields without those that frame it or name the host
 */
record TrainingRequest(String method, String target, Map<String, String> fields, String body) {
  private static final String ROOM = "/_matrix/client/v3/rooms/!abcdefghijklmnop%3Amatrix.example";
  private static final String SLIDING_SYNC =
      "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync";

  /** Requests of a user for each kind of group, with replies of each kind. */
  static List<TrainingRequest> of(int user) {
    return List.of(
        get("/_matrix/client/v3/sync?since=s72594_4483_1934&timeout=0&filter=1", user),
        get("/_matrix/client/v3/sync?timeout=0&filter=1", user),
        get("/_matrix/client/v3/sync?since=s72594_4483_1934&timeout=30000", user),
        get(ROOM + "/messages?dir=b&limit=20", user),
        get(ROOM + "/state/m.room.name/", user),
        get("/_matrix/client/v3/profile/%40user1%3Amatrix.example", user),
        get("/_matrix/client/v3/keys/changes?from=s72594_4483_1934&to=s75689_5632_2435", user),
        get("/_matrix/client/v3/joined_rooms", user),
        get("/_matrix/client/v3/pushrules/", user),
        get("/_matrix/client/versions", user),
        get("/_matrix/federation/v1/version", user),
        get("/_matrix/client/v1/media/download/matrix.example/abcdefghijkl", user),
        get("/.well-known/matrix/client", user),
        get("/_synapse/replication/", user),
        made("HEAD", "/_matrix/client/versions", user, ""),
        made("OPTIONS", "/_matrix/client/v3/sync", user, ""),
        made("PUT", ROOM + "/send/m.room.message/m1", user, "{\"body\":\"hello\"}"),
        made("PUT", ROOM + "/typing/%40user1%3Amatrix.example", user, "{\"typing\":true}"),
        made("POST", ROOM + "/read_markers", user, "{}"),
        made("POST", "/_matrix/client/v3/keys/query", user, "{\"device_keys\":{}}"),
        made("POST", SLIDING_SYNC, user, "{}"),
        made("POST", "/_matrix/media/v3/upload", user, "x".repeat(256 * 1024)));
  }

  private static TrainingRequest get(String target, int user) {
    return made("GET", target, user, "");
  }

  private static TrainingRequest made(String method, String target, int user, String body) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Accept", "application/json");
    fields.put("Accept-Encoding", "gzip, deflate, br");
    fields.put("Authorization", "Bearer syt_dXNlcg" + user + "_abcdefghijklmnopqrst_0abcde");
    fields.put("User-Agent", "Element/1.11.89 (Linux; U; Android 14; Pixel 8)");
    return new TrainingRequest(method, target, fields, body);
  }

  /** Its bytes in HTTP/1.1. */
  byte[] bytes() {
    StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    text.append("Host: matrix.example\r\n");
    fields.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
    if (!body.isEmpty()) {
      text.append("Content-Length: " + body.length() + "\r\n");
    }
    return text.append("\r\n").append(body).toString().getBytes(StandardCharsets.US_ASCII);
  }
}
