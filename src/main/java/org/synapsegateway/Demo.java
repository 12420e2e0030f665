package org.synapsegateway;

/** The demo. */
final class Demo {
  private Demo() {}

  static int run() {
    return 0;
  }
}
