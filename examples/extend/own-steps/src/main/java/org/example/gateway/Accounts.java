package org.example.gateway;

import java.util.Set;

/** A bean of one's own, which a route asks with {@code method:}. Safe for any thread. */
public final class Accounts {
  private volatile Set<String> blocked = Set.of();

  /** The blocked addresses, for example {@code 192.0.2.1 192.0.2.7}. */
  public void setBlocked(String addresses) {
    blocked = Set.of(addresses.split(" "));
  }

  /** Whether an address is blocked. */
  public boolean isBlocked(String address) {
    return blocked.contains(address);
  }
}
