/** Where the process begins: the class of the jar's manifest. */
@NullMarked
package org.synapsegateway;

import org.jspecify.annotations.NullMarked;
