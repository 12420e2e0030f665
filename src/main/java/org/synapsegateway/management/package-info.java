/**
 * The management port: its connections, its pages, and what these show of the gateway and change at
 * its workers.
 */
@NullMarked
package org.synapsegateway.management;

import org.jspecify.annotations.NullMarked;
