"""What the sample team writes: its workspaces with their tasks, its own tasks, and what is said of them."""

# The only workspace that Stan has come into; to the others he is a stranger.
STANS_WORKSPACE = "Office move"

# Titles stand in the order in which the tasks were added, with " / " between them on a line.
WORKSPACES = {
    "Website relaunch": (
        "The new public site: texts, design, the shop, and the day we switch over.",
        """
        ! Agree on the goals of the relaunch > Three goals at most, each with a number to check.
        List all pages of the old site / Find out which pages nobody reads / Ask five customers what they miss
        Choose the content system > Compare two candidates with our longest page and our largest table.
        ! Book the photographer / Write the style guide for texts / Draw the new navigation
        Test the navigation with three people > On paper is fine. Ask them to find the return policy.
        Choose the typeface / Check contrast of the new colours / Draw the home page / Draw the product page
        Draw the checkout / ! Review the drafts with sales / Set up the test server / Import the old articles
        Fix broken links in old articles / Move product pictures to the new sizes / Write the home page text
        Write “About us” / Write the shipping page / Rewrite the return policy > Legal must read it first.
        Collect quotes from customers / Ask for permission to show customer logos / Build the product page
        Build the search > Typing errors of one letter must still find the product.
        Build the basket / !! Connect the payment provider > Test cards are in the folder of the provider.
        Test paying with a refused card / Send order mails in plain text too / Build the contact form
        Stop spam in the contact form / Translate the shop into German / Translate the shop into French
        ! Have translations read by native speakers / Add alternative texts to all pictures
        Walk through the shop with the keyboard only / Walk through the shop with a screen reader
        Make pictures smaller on phones / Measure loading time on a slow phone > Goal: under two seconds.
        Plan redirects from old addresses / Write down who answers which mail / Train the support team
        ! Ask the privacy officer for a review / Update the cookie notice / Write the press release
        Prepare the newsletter / Choose the day of the switch > Not a Friday, not before a holiday.
        !! Rehearse the switch / Write the way back if the switch fails / Tell the big customers in advance
        Lower the lifetime of DNS records / Take a last backup of the old site / Watch errors on the first day
        Check orders of the first day by hand / Switch off the old server / Collect feedback after a week
        Fix the three worst complaints / Thank everybody with cake / Look back together: what to keep
        Plan the next quarter of the site / Say goodbye to the old home page / Tidy up the pictures folder
        """,
    ),
    "Office move": (
        "From Mill Street to the old harbour, without a day on which nobody can work.",
        """
        !! Sign the lease > The landlord wants the original on paper.
        Measure the new rooms / Draw a plan of desks / Ask who needs a quiet place
        Decide on meeting rooms
        ! Order the internet line > Delivery takes six weeks, so it has to be early.
        Cancel the old internet line / Compare three moving companies / Book the moving company
        Insure the move / Choose chairs / Try the chairs for a week / Order 12 desks / Order 14 chairs
        Find a new home for the old sofa / Sell the old printer / ! Plan power and network sockets
        Hire an electrician / Check the fire alarm with the landlord / Draw the escape plan
        Order locks and keys / Decide who gets a key / Set up the door phone / Choose lamps for the long room
        Order blinds for the south side / Paint the meeting room / Find plants that like shade
        Check that a wheelchair gets everywhere > Door of the small kitchen looks narrow: 78 cm?
        Order the coffee machine / Choose dishes / Book cleaning / Register the new address with the city
        ! Tell the bank / Tell the insurance / Tell the tax office / Tell customers and suppliers
        Change the address on the website / Change the address in mail signatures / Order new letterheads
        Redirect the post for a year / Label all boxes by room and colour / Hand out boxes
        Sort out the archive > Keep ten years of invoices; the rest may go.
        Shred old papers / Pack the library / Pack the server > Only after the backup was read back once.
        !! Test the backup before the server moves / Label all cables / Photograph the old rooms
        Rent a van for the plants / Reserve parking for the moving van / Order lunch for moving day
        Make a list of who helps when / Read the meters in the old office / Repair the scratch in the hall
        Hand the old keys back / Ask for the deposit / ! Test the network at every desk
        Hang up the whiteboards / Put up the sign at the door
        Write down how the heating works / Invite the neighbours for a drink
        """,
    ),
    "Customer support": (
        "What customers ask for, what is broken, and what we answer.",
        """
        !! Orders with two vouchers fail at checkout > Happens when both give a percentage.
        Invoice shows the wrong address / Reset mail goes to spam / Write an answer for late parcels
        Call Mrs. Haddad about the missing lamp / ! Refund order 20417 / Replace the shade of order 20388
        Ask the carrier about lost parcels / Photo upload fails on old phones
        Explain the warranty in simple words / Sort the inbox by topic for a month / Count questions by topic
        Write an answer about spare parts / List spare parts out of stock / ! Order hinges for model K
        Update the manual of model K / Make a short film: how to hang the lamp / Answer reviews of the week
        Thank the ten most helpful reviewers / Ask why people return the floor lamp
        Offer a longer cable for the floor lamp / Newsletter link leads nowhere
        Customer cannot delete their account
        !! Two customers see each other's order status > Same address, perhaps? Check this first.
        Answer the question about dimmers / Test dimmers of three makers / Write a page about dimmers
        Price on the label differs from the shop / Check opening hours on the map / Set up the holiday answer
        Plan who is on call / Read the complaint of the week together / Gift wrapping: do we want it?
        Ask the warehouse about wet boxes / ! Claim the damage with the carrier
        Find a second carrier for islands / Old customers get two newsletters / Measure how fast we answer
        Goal: first answer within four hours > Working hours only. We look at it again in three months.
        Write answers for the ten most common questions / Put those answers on the website
        Let Vera read the answers as a customer would / Learn what the new return form breaks
        Try the return form on a phone / Prepare labels for returns / Explain customs to customers abroad
        Ask accounting about refunds abroad / Check refunds older than ten days / Visit the warehouse together
        Replace the headset at desk 3 / Collect ideas for next year / Thank the warehouse
        """,
    ),
}
PERSONAL = (
    """
    Prepare the talk with the bank / Book the train / Read Mia's draft / Renew the passport
    ! Write the yearly reviews / Choose a present for the team
    """,
    "Back up the laptop / Learn the new phone system / Buy a birthday card for Stan / Ask for a day off",
    "Sketch ideas for the next page / Return the library books / Call the dentist / Sort last year's photos",
    "Read last month's reports / Note questions for Olga / Water the plants / Order new glasses",
    "Send the bill / Bring the drill back / Ask Adam about the sockets / Buy cable ties",
)

# Said of any task by somebody to somebody else.
COMMENTS = (
    "I can take this next week.",
    "@{other} do you know who did it last time?",
    "Half done: the rest needs an answer from outside.",
    "@{other} **please look at this before Friday**, then we can close it.",
    "Called twice, nobody there. I try again tomorrow.",
    "Two ways to go:\n\n- the quick one, and live with it\n- the right one, two days more\n\n@{other}?",
    "> before Friday\n\nThursday is fine, too.",
    "Found it: it was in the folder `archive/2024` all along.",
    "@{other} thank you, that helped.",
    "Waiting for the offer. It should be here on Monday.",
)
