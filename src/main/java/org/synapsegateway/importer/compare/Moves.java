// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.compare;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.importer.nginx.Decision;
import org.synapsegateway.importer.nginx.Evaluator;
import org.synapsegateway.importer.nginx.Question;
import org.synapsegateway.importer.nginx.Target;
import org.synapsegateway.loadbalance.HashRing;

/**
 * Who would be sent to another worker of the same ones.
 *
 * @param upstream nginx's
 * @param percent of the sampled users, each with a room and an address of its own
 */
record Moves(String upstream, @Nullable String group, double percent, String why) {
  private static final int USERS = 200;

  /** What stands before a room's id or alias. */
  private static final String ROOM = "(/(?:rooms|join|knock)/)[^/?]+";

  private static final Pattern WITH_ROOM = Pattern.compile("[^?]*" + ROOM + ".*");

  /** Whether the routes choose by the room that a request names, and not by its user. */
  static boolean isByRoom(Question question, Ours ours) {
    return "room".equals(ours.by()) && WITH_ROOM.matcher(question.target()).matches();
  }

  static Moves of(
      Question example,
      Decision decision,
      Ours ours,
      Addresses addresses,
      Evaluator evaluator,
      Function<Question, Ours> routes) {
    Target target = decision.target();
    String group =
        isByRoom(example, ours) ? ours.servedBy() + ", requests of a room" : ours.servedBy();
    String by = ours.by() == null ? "nothing" : ours.by();
    String manner = manner(target);
    if (!isSticky(target.balance())) {
      return new Moves(
          target.name(),
          group,
          100,
          "nginx goes by %s, so nobody has a worker of his own; the routes go by %s"
              .formatted(manner, by));
    }
    HashRing ring = ring(target);
    int moved = 0;
    for (int i = 0; i < USERS; i++) {
      Question question = of(example, i);
      Decision told = evaluator.decide(question);
      String before = told.key() == null ? "" : addresses.of(pick(target, ring, told.key()));
      moved += before.equals(routes.apply(question).first()) ? 0 : 1;
    }
    double percent = moved * 100.0 / USERS;
    return new Moves(
        target.name(),
        group,
        percent,
        "%.0f %% of the users move once: nginx goes by %s, the routes by %s"
            .formatted(percent, manner, by));
  }

  private static boolean isSticky(Target.Balance balance) {
    return switch (balance) {
      case CONSISTENT_HASH, HASH, IP_HASH -> true;
      case ROUND_ROBIN, LEAST_CONN, RANDOM -> false;
    };
  }

  private static String manner(Target target) {
    return switch (target.balance()) {
      case CONSISTENT_HASH -> "hash " + target.by() + " consistent";
      case HASH -> "hash " + target.by();
      case IP_HASH -> "ip_hash";
      case LEAST_CONN -> "least_conn";
      case RANDOM -> "random";
      case ROUND_ROBIN -> "round robin";
    };
  }

  /** The example as another user sends it, from elsewhere and to another room. */
  private static Question of(Question example, int user) {
    String name = "user" + user;
    String base64 =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(name.getBytes(StandardCharsets.US_ASCII));
    List<String> fields = new ArrayList<>(example.fields());
    fields.removeIf(field -> field.startsWith("Authorization:"));
    fields.add("Authorization: Bearer syt_" + base64 + "_abcdefghijklmnopqrst_0aBcDe");
    return example
        .withFields(fields)
        .withClient("203.0." + user + ".9")
        .withTarget(example.target().replaceFirst(ROOM, "$1!r" + user + ":hs"));
  }

  private static @Nullable HashRing ring(Target target) {
    if (target.balance() != Target.Balance.CONSISTENT_HASH) {
      return null;
    }
    List<HashRing.Member> members =
        peers(target).stream()
            .map(peer -> new HashRing.Member(peer.name(), peer.weight()))
            .toList();
    return new HashRing(members, HashRing.NGINX_POINTS);
  }

  private static List<Target.Peer> peers(Target target) {
    return target.servers().stream().filter(peer -> !peer.isSpare()).toList();
  }

  private static String pick(Target target, @Nullable HashRing ring, String key) {
    List<Target.Peer> peers = peers(target);
    byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
    if (ring != null) {
      return peers.get(ring.memberAt(ring.pointFor(HashRing.hash(bytes, 0, bytes.length)))).name();
    }
    int weights = peers.stream().mapToInt(Target.Peer::weight).sum();
    int left =
        (target.balance() == Target.Balance.HASH ? plainHash(bytes) : addressHash(key)) % weights;
    for (Target.Peer peer : peers) {
      left -= peer.weight();
      if (left < 0) {
        return peer.name();
      }
    }
    throw new IllegalStateException("no server");
  }

  /** As ngx_http_upstream_get_hash_peer takes the first one. */
  private static int plainHash(byte[] key) {
    CRC32 crc = new CRC32();
    crc.update(key);
    return (int) (crc.getValue() >> 16 & 0x7fff);
  }

  /** As ngx_http_upstream_get_ip_hash_peer: of an IPv4 address three bytes count. */
  private static int addressHash(String address) {
    int hash = 89;
    String[] bytes = address.split("\\.", -1);
    for (int i = 0; i < 3; i++) {
      hash = (hash * 113 + Integer.parseInt(bytes[i])) % 6271;
    }
    return hash;
  }
}
