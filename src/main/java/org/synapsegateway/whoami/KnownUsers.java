// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.TokenHash;

/**
 * The known keys of users, by the hashes of tokens; a key is empty if Synapse has named no user.
 * Each is kept for a limited time. Safe for any thread.
 */
final class KnownUsers {
  private final Cache<TokenHash, Slice> known;
  private volatile TokenHash.Keyed hash = new TokenHash.Keyed();

  KnownUsers(UserDirectory.Limits limits, Ticker clock) {
    known =
        Caffeine.newBuilder()
            .maximumSize(limits.tokens())
            .expireAfter(
                Expiry.<TokenHash, Slice>writing(
                    (token, user) -> user.isEmpty() ? limits.keepUnknown() : limits.keep()))
            .ticker(clock)
            // the cache's own maintenance is short, so the calling thread does it
            .executor(Runnable::run)
            .build();
  }

  TokenHash hash(Slice token) {
    return hash.of(token);
  }

  /** The user's key; empty if Synapse has named none; null if that is not known. */
  @Nullable Slice get(TokenHash id) {
    return known.getIfPresent(id);
  }

  /**
   * Keeps Synapse's answer. An answer without a user does not replace a user that has become known
   * since.
   */
  Slice keep(TokenHash id, Slice user) {
    if (user.isEmpty()) {
      Slice told = known.asMap().putIfAbsent(id, user);
      return told == null ? user : told;
    }
    known.put(id, user);
    return user;
  }

  /** Forgets a user. That a token is unknown is not forgotten before its time. */
  void forget(TokenHash id) {
    known.asMap().computeIfPresent(id, (same, user) -> user.isEmpty() ? user : null);
  }

  /** The number of tokens in the cache. */
  long size() {
    known.cleanUp();
    return known.estimatedSize();
  }

  /**
   * Writes the key of the hashes, a secret, and for each token its hash, the user's key, and for
   * how many more milliseconds it is kept.
   */
  void write(DataOutput out) throws IOException {
    out.write(hash.key());
    var kept = known.policy().expireVariably().orElseThrow();
    for (Map.Entry<TokenHash, Slice> entry : known.asMap().entrySet()) {
      Duration left = kept.getExpiresAfter(entry.getKey()).orElse(Duration.ZERO);
      if (!left.isZero()) {
        out.writeBoolean(true);
        out.writeLong(entry.getKey().high());
        out.writeLong(entry.getKey().low());
        out.writeUTF(entry.getValue().text());
        out.writeLong(left.toMillis());
      }
    }
    out.writeBoolean(false);
  }

  /** Takes what another process has written. */
  void read(DataInput in) throws IOException {
    byte[] key = new byte[TokenHash.Keyed.KEY_LENGTH];
    in.readFully(key);
    hash = new TokenHash.Keyed(key);
    var kept = known.policy().expireVariably().orElseThrow();
    while (in.readBoolean()) {
      TokenHash id = new TokenHash(in.readLong(), in.readLong());
      Slice user = Slice.of(in.readUTF());
      var unused = kept.put(id, user, Duration.ofMillis(in.readLong()));
    }
  }
}
