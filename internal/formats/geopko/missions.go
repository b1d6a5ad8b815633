package geopko

// Regions that missions are in; each is the parent area of its missions.
const (
	africa     = "africa"
	americas   = "americas"
	asia       = "asia"
	europe     = "europe"
	middleEast = "middle-east"
	elsewhere  = "elsewhere" // of a mission that the table does not know
)

// regionNames lists the regions in the order of a scenario.
var regionNames = []struct{ id, name string }{
	{africa, "Africa"}, {americas, "Americas"}, {asia, "Asia and Pacific"}, {europe, "Europe"},
	{middleEast, "Middle East"}, {elsewhere, "Elsewhere"},
}

// missions knows every mission of the data: the region that the United Nations
// lists it in and where it was (peacekeeping.un.org, lists of current and past
// operations).
var missions = map[string]struct{ region, where string }{
	"BINUB":      {africa, "Burundi"},
	"MINUCI":     {africa, "Côte d'Ivoire"},
	"MINURCA":    {africa, "Central African Republic"},
	"MINURCAT":   {africa, "Chad and Central African Republic"},
	"MINURSO":    {africa, "Western Sahara"},
	"MINUSCA":    {africa, "Central African Republic"},
	"MINUSMA":    {africa, "Mali"},
	"MONUA":      {africa, "Angola"},
	"MONUC":      {africa, "DR Congo"},
	"MONUSCO":    {africa, "DR Congo"},
	"ONUB":       {africa, "Burundi"},
	"ONUMOZ":     {africa, "Mozambique"},
	"UNAMID":     {africa, "Darfur"},
	"UNAMIR":     {africa, "Rwanda"},
	"UNAMSIL":    {africa, "Sierra Leone"},
	"UNAVEM II":  {africa, "Angola"},
	"UNAVEM III": {africa, "Angola"},
	"UNIOSIL":    {africa, "Sierra Leone"},
	"UNISFA":     {africa, "Abyei"},
	"UNMEE":      {africa, "Ethiopia and Eritrea"},
	"UNMIL":      {africa, "Liberia"},
	"UNMIS":      {africa, "Sudan"},
	"UNMISS":     {africa, "South Sudan"},
	"UNOCI":      {africa, "Côte d'Ivoire"},
	"UNOMIL":     {africa, "Liberia"},
	"UNOMSIL":    {africa, "Sierra Leone"},
	"UNOMUR":     {africa, "Uganda and Rwanda"},
	"UNOSOM II":  {africa, "Somalia"},
	"MINUGUA":    {americas, "Guatemala"},
	"MINUSTAH":   {americas, "Haiti"},
	"MIPONUH":    {americas, "Haiti"},
	"UNMIH":      {americas, "Haiti"},
	"UNSMIH":     {americas, "Haiti"},
	"UNMISET":    {asia, "East Timor"},
	"UNMIT":      {asia, "Timor-Leste"},
	"UNMOGIP":    {asia, "India and Pakistan"},
	"UNMOT":      {asia, "Tajikistan"},
	"UNCRO":      {europe, "Croatia"},
	"UNFICYP":    {europe, "Cyprus"},
	"UNMIBH":     {europe, "Bosnia and Herzegovina"},
	"UNMIK":      {europe, "Kosovo"},
	"UNMOP":      {europe, "Prevlaka"},
	"UNOMIG":     {europe, "Georgia"},
	"UNPREDEP":   {europe, "North Macedonia"},
	"UNPROFOR":   {europe, "former Yugoslavia"},
	"UNTAES":     {europe, "Croatia"},
	"UNDOF":      {middleEast, "Golan"},
	"UNIFIL":     {middleEast, "Lebanon"},
	"UNIKOM":     {middleEast, "Iraq and Kuwait"},
	"UNSMIS":     {middleEast, "Syria"},
	"UNTSO":      {middleEast, "Middle East"},
}
