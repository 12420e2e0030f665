// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.util.Set;

/** The known HTTP methods; another token is valid too, but is more likely a typo. */
public final class Methods {
  /** IANA's registry of methods, and those of caches (PURGE) and UPnP. */
  private static final Set<String> KNOWN =
      Set.of(
          ("ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK"
                  + " M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE NOTIFY OPTIONS"
                  + " ORDERPATCH PATCH POST PRI PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT"
                  + " SEARCH SUBSCRIBE TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UNSUBSCRIBE UPDATE UPDATEREDIRECTREF"
                  + " VERSION-CONTROL")
              .split(" "));

  private Methods() {}

  /** Whether this is a method of the registry, in capitals as listed there. */
  public static boolean isKnown(String method) {
    return KNOWN.contains(method);
  }
}
