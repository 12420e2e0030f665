package org.synapsegateway.tls;

/** A file of a certificate or a key cannot be used; the message says which, why, and what to do. */
public final class TlsFault extends Exception {
  private static final long serialVersionUID = 1;

  TlsFault(String message) {
    super(message);
  }
}
