/** The only image that this project is tested with. */
export const testedImage = "debian-13";
