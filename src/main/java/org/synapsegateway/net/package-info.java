/** Event loops and addresses: what lies below HTTP. */
@NullMarked
package org.synapsegateway.net;

import org.jspecify.annotations.NullMarked;
