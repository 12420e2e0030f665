/**
 * Both ends of the wire for tests: a raw client, scripted workers, and the watcher of Netty's
 * leaks.
 *
 * <p>Knows nothing but the JDK (the leak watcher aside), so that it can judge any proxy. Text
 * stands for bytes everywhere: one char a byte (ISO-8859-1).
 */
package org.synapsegateway.wire;
