/** Stands for classes of Open Liberty, which Culvert knows by their package. */
package com.ibm.ws.webcontainer;
